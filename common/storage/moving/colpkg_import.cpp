// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>

#include <memory>
#include <vector>

#include "common/codec/json_value.h"
#include "common/codec/nfc.h"
#include "common/codec/spooled_bytes.h"
#include "common/codec/zip_reader.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/media/media_name.h"
#include "common/storage/moving/colpkg.h"
#include "common/storage/moving/package.pb.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kNewest = 3;
constexpr std::uint64_t kListBytesMax = std::uint64_t{64} << 20;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{100} << 20;
constexpr std::size_t kMemoryBytes = std::size_t{1} << 20;
constexpr std::size_t kBufferBytes = 256 * 1024;

class Package {
 public:
  Package(const fs::path& file, const fs::path& folder)
      : name_(file.filename().string()), bytes_(Spool(file, folder)), zip_(bytes_) {
    package::Metadata meta;
    // Before there was a version there was no such member.
    if (const auto member = Find("meta"))
      if (!meta.ParseFromString(ReadAll(*zip_.Open(*member), kListBytesMax))) Refuse("its meta");
    version_ = std::max<std::uint32_t>(meta.version(), 1);
    if (version_ > kNewest) Refuse("its version " + std::to_string(version_));
  }

  std::unique_ptr<ByteSource> OpenCollection(std::uint64_t bytes_max) const {
    if (version_ == kNewest) return OpenMember("collection.anki21b", bytes_max);
    return OpenMember(Find("collection.anki21") ? "collection.anki21" : "collection.anki2",
                      bytes_max);
  }

  struct Medium {
    std::string name;
    ZipReader::Member member;
  };
  std::vector<Medium> ListMedia() const {
    const Names names = ReadNames();
    std::vector<std::string> members;
    for (const auto& [member, name] : names) members.push_back(member);
    const auto found = zip_.Find(members);
    std::vector<Medium> media;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!found[i]) Refuse("file " + members[i] + ", which is missing");
      media.push_back({names[i].second, *found[i]});
    }
    return media;
  }

  std::unique_ptr<ByteSource> Open(const ZipReader::Member& member, std::uint64_t bytes_max) const {
    auto stored = zip_.Open(member);
    if (version_ != kNewest) return stored;
    return std::make_unique<ZstdDecompressor>(std::move(stored), bytes_max);
  }

 private:
  static SpooledBytes Spool(const fs::path& file, const fs::path& folder) {
    const auto fd = std::make_shared<const UniqueFd>(OpenFile(file, O_RDONLY));
    FileSource source(fd, 0, fs::file_size(file));
    return {source, folder, kMemoryBytes};
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    throw SyncError(ErrorKind::kMalformedRequest,
                    name_ + " is no Anki package that we can read: " + what);
  }

  std::optional<ZipReader::Member> Find(const std::string& member) const {
    return zip_.Find(std::vector{member})[0];
  }

  std::unique_ptr<ByteSource> OpenMember(const std::string& name, std::uint64_t bytes_max) const {
    const auto member = Find(name);
    if (!member) Refuse("member " + name + ", which is missing");
    return Open(*member, bytes_max);
  }

  // Member and name of each file.
  using Names = std::vector<std::pair<std::string, std::string>>;
  Names ReadNames() const {
    if (!Find("media")) return {};
    const std::string list = ReadAll(*OpenMember("media", kListBytesMax), kListBytesMax);
    return version_ == kNewest ? ParseEntries(list) : ParseMap(list);
  }

  Names ParseEntries(const std::string& list) const {
    package::MediaEntries entries;
    if (!entries.ParseFromString(list)) Refuse("its list of media");
    Names names;
    for (const auto& entry : entries.entries())
      names.emplace_back(std::to_string(names.size()), entry.name());
    return names;
  }

  Names ParseMap(const std::string& list) const {
    const auto document = json::Document::Parse(list);
    if (!document.root().is(json::Kind::kObject)) Refuse("its list of media");
    Names names;
    for (const json::Member& member : document.root().members()) {
      if (!member.value.is(json::Kind::kString)) Refuse("its list of media");
      names.emplace_back(member.key, member.value.text());
    }
    return names;
  }

  std::string name_;
  SpooledBytes bytes_;
  ZipReader zip_;
  std::uint32_t version_ = 1;
};

void Write(ByteSource& bytes, const fs::path& to, std::uint64_t bytes_max) {
  const UniqueFd file = OpenFile(to, O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<char> buffer(kBufferBytes);
  std::uint64_t written = 0;
  while (const std::size_t count = bytes.Read(buffer)) {
    written += count;
    if (written > bytes_max)
      throw SyncError(ErrorKind::kTooLarge, to.filename().string() + " is too large");
    WriteAll(file.get(), {buffer.data(), count});
  }
}

}  // namespace

void UnpackColpkg(const fs::path& package_file, const fs::path& folder,
                  std::uint64_t collection_bytes_max) {
  const Package package(package_file, folder);
  Write(*package.OpenCollection(collection_bytes_max), folder / "collection.anki2",
        collection_bytes_max);
  const fs::path media = folder / "collection.media";
  fs::create_directory(media);
  for (const Package::Medium& medium : package.ListMedia()) {
    const std::string name = Nfc(medium.name);
    if (!WhyNotAddable(name))
      Write(*package.Open(medium.member, kFileBytesMax), media / name, kFileBytesMax);
  }
}

}  // namespace ankisync
