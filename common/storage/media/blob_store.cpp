// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <vector>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBufferBytes = 256 * 1024;
constexpr std::size_t kShardDigits = 2;

fs::path TemporariesOf(const fs::path& folder) { return folder / "tmp"; }

void MakeFolder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) ThrowErrno("create", folder);
}

// The hash that a path in the store stands for.
std::optional<Sha1Digest> DigestOf(const fs::path& blob) {
  const std::string hex = blob.parent_path().filename().string() + blob.filename().string();
  Sha1Digest digest;
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* begin = hex.data() + 2 * i;
    if (std::from_chars(begin, begin + 2, digest[i], 16).ptr != begin + 2) return std::nullopt;
  }
  return digest;
}

void ForEachPiece(const UniqueFd& file, const fs::path& path, std::uint64_t bytes_expected,
                  const std::function<void(std::string_view)>& visit) {
  const auto bytes = static_cast<std::size_t>(std::min(bytes_expected + 1, kBufferBytes));
  const auto buffer = std::make_unique_for_overwrite<char[]>(bytes);
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.get(), bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowErrno("read", path);
    if (count == 0) return;
    visit({buffer.get(), static_cast<std::size_t>(count)});
  }
}

bool HasDigest(const UniqueFd& file, const fs::path& path, const MediaContent& content) {
  Sha1Hasher hasher;
  ForEachPiece(file, path, content.size, [&](std::string_view piece) { hasher.Update(piece); });
  return hasher.Finish() == content.sha1;
}

}  // namespace

bool BlobStore::Exists() const {
  std::error_code error;
  return fs::is_directory(TemporariesOf(folder_), error);
}

void BlobStore::EnsureExists() const {
  if (!Exists())
    throw SyncError(ErrorKind::kUnavailable, folder_.string() + " is not there: unmounted?");
}

void BlobStore::Create() const {
  MakeFolder(folder_);
  MakeFolder(TemporariesOf(folder_));
  SyncFolder(folder_);
  SyncFolder(folder_.parent_path());
}

fs::path BlobStore::PathOf(const Sha1Digest& sha1) const {
  const std::string hex = Hex(sha1);
  return folder_ / hex.substr(0, kShardDigits) / hex.substr(kShardDigits);
}

fs::path BlobStore::NewTemporary() const { return TemporariesOf(folder_) / RandomToken(); }

void BlobStore::ThrowUnlessLost(const fs::path& path) const {
  if (errno != ENOENT) ThrowErrno("look at", path);
  EnsureExists();
}

bool BlobStore::Holds(const MediaContent& content, Depth depth) const {
  const fs::path path = PathOf(content.sha1);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    ThrowUnlessLost(path);
    return false;
  }
  if (static_cast<std::uint64_t>(status.st_size) != content.size) return false;
  return depth == Depth::kSize || HasDigest(OpenFile(path, O_RDONLY), path, content);
}

std::shared_ptr<const UniqueFd> BlobStore::OpenIntact(const MediaContent& content) const {
  const fs::path path = PathOf(content.sha1);
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    ThrowUnlessLost(path);
    return nullptr;
  }
  if (!HasDigest(file, path, content)) return nullptr;
  return std::make_shared<const UniqueFd>(std::move(file));
}

std::unique_ptr<ByteSource> BlobStore::Open(const MediaContent& content) const {
  auto file = std::make_shared<const UniqueFd>(OpenFile(PathOf(content.sha1), O_RDONLY));
  return std::make_unique<FileSource>(std::move(file), 0, content.size);
}

bool BlobStore::Remove(const Sha1Digest& sha1) const {
  const fs::path path = PathOf(sha1);
  if (::unlink(path.c_str()) == 0) return true;
  if (errno != ENOENT) ThrowErrno("remove", path);
  return false;
}

void BlobStore::ForEach(
    const std::function<void(const Sha1Digest&, std::uint64_t bytes)>& visit) const {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder_, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    std::error_code gone;
    const std::uint64_t bytes = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    const auto digest = DigestOf(entry->path());
    if (!gone && digest) visit(*digest, bytes);
    entry.increment(error);
  }
  if (error) throw SyncError(ErrorKind::kUnavailable, folder_.string() + ": " + error.message());
}

std::uint64_t BlobStore::RemoveTemporaries(UnixSeconds before) const {
  std::uint64_t removed = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(TemporariesOf(folder_), error)) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0 && status.st_mtime < Raw(before) &&
        ::unlink(entry.path().c_str()) == 0)
      ++removed;
  }
  if (error) throw SyncError(ErrorKind::kUnavailable, folder_.string() + ": " + error.message());
  return removed;
}

}  // namespace ankisync
