// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "common/codec/crc32.h"
#include "common/codec/stored_zip.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/media/media_import.h"
#include "common/storage/media/user_media.h"
#include "common/storage/moving/colpkg.h"
#include "common/storage/moving/copy_collection.h"
#include "common/storage/moving/package.pb.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kBufferBytes = 256 * 1024;

std::unique_ptr<ByteSource> OpenCompressed(const fs::path& file) {
  auto fd = std::make_shared<const UniqueFd>(OpenFile(file, O_RDONLY));
  return std::make_unique<ZstdCompressor>(
      std::make_unique<FileSource>(std::move(fd), 0, fs::file_size(file)));
}

void AddText(std::vector<StoredZip::Member>& members, const char* name, const std::string& text) {
  members.push_back(
      {name, text.size(), Crc32(text), [text] { return std::make_unique<StringSource>(text); }});
}

// A zip says sizes before contents, so everything is compressed twice: once to measure it.
void AddFile(std::vector<StoredZip::Member>& members, const std::string& name,
             const fs::path& file) {
  StoredZip::Member member{name, 0, 0, [file] { return OpenCompressed(file); }};
  std::vector<char> buffer(kBufferBytes);
  const auto compressed = OpenCompressed(file);
  while (const std::size_t count = compressed->Read(buffer)) {
    member.size += count;
    member.crc32 = Crc32({buffer.data(), count}, member.crc32);
  }
  members.push_back(std::move(member));
}

Exported AddMedia(std::vector<StoredZip::Member>& members, UserMedia& media) {
  Exported exported;
  package::MediaEntries list;
  for (const MediaImport::Row& row : MediaImport::RowsOf(media.index())) {
    if (row.is_deleted) continue;
    if (!media.blobs().Holds(row.content, BlobStore::Depth::kSize)) {
      exported.remarks.push_back("file " + row.name + " is lost, and left out");
      continue;
    }
    auto* const entry = list.add_entries();
    entry->set_name(row.name);
    entry->set_size(static_cast<std::uint32_t>(row.content.size));
    entry->set_sha1(std::string(Bytes(row.content.sha1)));
    AddFile(members, std::to_string(exported.media_files++),
            media.blobs().PathOf(row.content.sha1));
    exported.media_bytes += row.content.size;
  }
  AddText(members, "media", ZstdCompress(list.SerializeAsString()));
  return exported;
}

void WriteZip(std::vector<StoredZip::Member> members, const fs::path& to) {
  StoredZip zip(std::move(members));
  const fs::path unfinished = to.string() + ".unfinished";
  const UniqueFd file = OpenFile(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<char> buffer(kBufferBytes);
  while (const std::size_t count = zip.Read(buffer)) WriteAll(file.get(), {buffer.data(), count});
  SyncFile(file.get());
  if (::rename(unfinished.c_str(), to.c_str()) != 0) ThrowErrno("rename to", to);
  SyncFolder(fs::absolute(to).parent_path());
}

}  // namespace

Exported ExportColpkg(const fs::path& user_folder, const fs::path& to, const fs::path& scratch,
                      const Clock& clock, WorkerPool& disk) {
  if (fs::exists(to))
    throw SyncError(ErrorKind::kInconsistentData, to.string() + " exists already");
  const fs::path collection = scratch / "collection.anki2";
  if (!CopyCollection(user_folder, collection))
    throw SyncError(ErrorKind::kInconsistentData, "there is no collection yet");
  std::vector<StoredZip::Member> members;
  package::Metadata meta;
  meta.set_version(kVersion);
  AddText(members, "meta", meta.SerializeAsString());
  AddFile(members, "collection.anki21b", collection);
  UserMedia media(user_folder, {disk, clock, {}});
  Exported exported = AddMedia(members, media);
  WriteZip(std::move(members), to);
  return exported;
}

}  // namespace ankisync
