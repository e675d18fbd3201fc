// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/repository.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>

#include "common/codec/zstd_file.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kManifestBytesMax = std::uint64_t{1} << 30;
constexpr std::size_t kGroupFiles = 1000;
constexpr std::uint64_t kGroupBytes = std::uint64_t{256} << 20;

[[noreturn]] void Refuse(const std::string& why) {
  throw SyncError(ErrorKind::kInconsistentData, why);
}

std::string Sharded(const char* folder, std::string_view hex, const char* suffix) {
  return std::string(folder) + "/" + std::string(hex.substr(0, 2)) + "/" +
         std::string(hex.substr(2)) + suffix;
}

std::uint64_t Copy(const fs::path& from, const fs::path& to) {
  const UniqueFd in = OpenFile(from, O_RDONLY);
  const UniqueFd out = OpenFile(to, O_WRONLY | O_CREAT | O_EXCL);
  std::uint64_t bytes = 0;
  for (;;) {
    const ssize_t count = ::sendfile(out.get(), in.get(), nullptr, std::size_t{1} << 24);
    if (count < 0) ThrowErrno("copy to", to);
    if (count == 0) return bytes;
    bytes += static_cast<std::uint64_t>(count);
  }
}

}  // namespace

std::string DatabasePath(std::string_view sha1_hex) {
  return Sharded("databases", sha1_hex, ".zst");
}
std::string MediaPath(std::string_view sha1_hex) { return Sharded("media", sha1_hex, ""); }
std::string ManifestPath(const std::string& name) { return "backups/" + name + ".json"; }

BackupRepository::BackupRepository(fs::path folder) : folder_(std::move(folder)) {
  const auto marker = ReadFile(folder_ / kRepositoryMarker, 1024);
  if (!marker) Refuse(folder_.string() + " holds no backups of ankisyncctl");
  if (*marker != kRepositoryMarkerText) Refuse(folder_.string() + " was made by another version");
}

std::vector<BackupManifest> BackupRepository::List() const {
  std::vector<BackupManifest> all;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_ / "backups", none)) {
    if (entry.path().extension() != ".json") continue;
    if (auto text = ReadFile(entry.path(), kManifestBytesMax))
      all.push_back(ReadManifest(entry.path().stem().string(), std::move(*text)));
  }
  std::ranges::sort(all, {}, &BackupManifest::name);
  return all;
}

BackupManifest BackupRepository::Get(std::string_view name) const {
  std::vector<BackupManifest> all = List();
  if (all.empty()) Refuse(folder_.string() + " holds no backup yet");
  if (name == "latest") return std::move(all.back());
  const auto found = std::ranges::find(all, name, &BackupManifest::name);
  if (found == all.end()) Refuse("there is no backup " + std::string(name));
  return std::move(*found);
}

void BackupRepository::Unpack(const BackupManifest::Database& database, const fs::path& to) const {
  const fs::path file = folder_ / DatabasePath(database.sha1);
  if (!fs::exists(file)) Refuse(file.string() + " is missing");
  DecompressFile(file, to, database.bytes);
}

FolderTarget::FolderTarget(fs::path folder)
    : folder_(std::move(folder)), lock_(Open(folder_)), work_(folder_ / "tmp") {}

FileLock FolderTarget::Open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) Refuse(folder.string() + ": " + error.message());
  if (!fs::exists(folder / kRepositoryMarker)) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename() != "lock" && entry.path().filename() != "lost+found")
        Refuse(folder.string() + " holds other files; name an empty folder or one with backups");
    }
  }
  auto lock = FileLock::Acquire(folder / "lock");
  if (!lock)
    throw SyncError(ErrorKind::kUnavailable, "another backup is being made in " + folder.string());
  if (!fs::exists(folder / kRepositoryMarker))
    WriteFileAtomically(folder / kRepositoryMarker, kRepositoryMarkerText);
  BackupRepository check(folder);
  fs::remove_all(folder / "tmp");  // of a killed one
  for (const char* below : {"tmp", "backups", "databases"}) fs::create_directories(folder / below);
  fs::create_directories(folder / "media" / "tmp");  // as in a user's store
  return std::move(*lock);
}

bool FolderTarget::Has(const std::string& path) const { return fs::exists(folder_ / path); }

void FolderTarget::Put(const std::string& path, const fs::path& file) {
  const fs::path on_its_way = work_ / RandomToken();
  waiting_bytes_ += Copy(file, on_its_way);
  waiting_.emplace_back(on_its_way, folder_ / path);
  if (waiting_.size() >= kGroupFiles || waiting_bytes_ >= kGroupBytes) Flush();
}

// One sync for many files; only then do they get the names that say what they hold.
void FolderTarget::Flush() {
  const UniqueFd folder = OpenFile(folder_, O_RDONLY | O_DIRECTORY);
  if (::syncfs(folder.get()) != 0) ThrowErrno("sync", folder_);
  for (const auto& [from, to] : waiting_) {
    fs::create_directories(to.parent_path());
    fs::rename(from, to);
  }
  if (::syncfs(folder.get()) != 0) ThrowErrno("sync", folder_);
  waiting_.clear();
  waiting_bytes_ = 0;
}

void FolderTarget::PutManifest(const std::string& path, std::string_view text) {
  Flush();
  WriteFileAtomically(folder_ / path, text);
}

}  // namespace ankisync
