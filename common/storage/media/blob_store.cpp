// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

constexpr std::size_t kBufferBytes = 256 * 1024;
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

bool HasDigest(const UniqueFd& file, const fs::path& path, const Sha1Digest& expected) {
  Sha1Hasher hasher;
  std::vector<char> buffer(kBufferBytes);
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowErrno("read", path);
    if (count == 0) return hasher.Finish() == expected;
    hasher.Update({buffer.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace

bool BlobStore::Exists() const {
  std::error_code error;
  return fs::is_directory(TemporariesOf(folder_), error);
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

bool BlobStore::Holds(const MediaContent& content, Depth depth) const {
  const fs::path path = PathOf(content.sha1);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) ThrowErrno("look at", path);
    if (!Exists())
      throw SyncError(ErrorKind::kUnavailable, folder_.string() + " is not there: unmounted?");
    return false;
  }
  if (static_cast<std::uint64_t>(status.st_size) != content.size) return false;
  return depth == Depth::kSize || HasDigest(OpenFile(path, O_RDONLY), path, content.sha1);
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
