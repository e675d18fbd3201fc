// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/snapshot_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "common/codec/zstd_file.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"
#include "common/sqlite/database_file.h"
#include "common/storage/collection/generations.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".anki2.zst";
constexpr std::string_view kTemporary = "tmp-";
constexpr std::uint64_t kDescriptionBytesMax = 64 * 1024;

// The copy and its compressed form stand beside each other for a while. To fill the disk for that
// would keep people from syncing.
void RequireSpace(const fs::path& folder, const fs::path& database) {
  const std::uintmax_t wanted = 2 * fs::file_size(database);
  if (fs::space(folder).available < wanted) {
    throw SyncError(ErrorKind::kUnavailable, "too little space for a snapshot of " +
                                                 database.string() + ": " +
                                                 std::to_string(wanted >> 20) + " MiB wanted");
  }
}

void Copy(const fs::path& database, const fs::path& to) {
  sqlite::Connection from(database, sqlite::OpenMode::kReadWrite);
  sqlite::CopyDatabase(from, to);
}

}  // namespace

SnapshotFolder::Temporary::~Temporary() { RemoveDatabase(path_); }

SnapshotFolder::Temporary SnapshotFolder::NewTemporary() const {
  return Temporary(folder_ / (std::string(kTemporary) + RandomToken()));
}

FileLock SnapshotFolder::Lock(std::chrono::milliseconds wait) const {
  if (::mkdir(folder_.c_str(), 0700) == 0) {
    SyncFolder(folder_.parent_path());
  } else if (errno != EEXIST) {
    ThrowErrno("create", folder_);
  }
  auto lock = FileLock::Acquire(folder_ / "lock", wait);
  if (!lock)
    throw SyncError(ErrorKind::kUnavailable,
                    folder_.string() + " is being changed by another process");
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.path().filename().string().starts_with(kTemporary)) fs::remove(entry.path());
  }
  return std::move(*lock);
}

std::vector<Snapshot> SnapshotFolder::List() const {
  std::vector<Snapshot> snapshots;
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(folder_, none_yet)) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kSuffix)) continue;
    auto snapshot = ParseSnapshotName(file.substr(0, file.size() - kSuffix.size()));
    std::error_code gone;
    if (!snapshot || (snapshot->bytes = entry.file_size(gone), gone)) continue;
    if (auto text = ReadFile(DescriptionOf(*snapshot), kDescriptionBytesMax))
      ReadDescription(std::move(*text), *snapshot);
    snapshots.push_back(std::move(*snapshot));
  }
  std::ranges::sort(snapshots, {}, &Snapshot::name);
  return snapshots;
}

Snapshot SnapshotFolder::Get(std::string_view name) const {
  std::vector<Snapshot> all = List();
  if (name == "latest" && !all.empty()) return all.back();
  std::erase_if(all, [name](const Snapshot& s) { return !s.name.starts_with(name); });
  const auto exact = std::ranges::find(all, name, &Snapshot::name);
  if (exact != all.end()) return *exact;
  if (all.size() == 1 && !name.empty()) return all.front();
  throw SyncError(
      ErrorKind::kInconsistentData,
      (all.empty() ? "there is no snapshot " : "there are several snapshots ") + std::string(name));
}

Snapshot SnapshotFolder::Make(const fs::path& database, Snapshot::Reason reason,
                              UnixSeconds now) const {
  RequireSpace(folder_, database);
  Snapshot snapshot{.taken = now, .reason = reason};
  const Temporary copy = NewTemporary();
  const Temporary compressed = NewTemporary();
  Copy(database, copy.path());
  snapshot.facts = ExamineCollection(copy.path());
  snapshot.collection_bytes = fs::file_size(copy.path());
  snapshot.bytes = CompressFile(copy.path(), compressed.path());

  do {
    snapshot.name = SnapshotName(snapshot.taken, reason);
    snapshot.taken = static_cast<UnixSeconds>(Raw(snapshot.taken) + 1);  // two in one second
  } while (fs::exists(FileOf(snapshot)));
  snapshot.taken = ParseSnapshotName(snapshot.name)->taken;
  WriteFileAtomically(DescriptionOf(snapshot), Describe(snapshot));
  if (::rename(compressed.path().c_str(), FileOf(snapshot).c_str()) != 0)
    ThrowErrno("rename to", FileOf(snapshot));
  SyncFolder(folder_);
  return snapshot;
}

void SnapshotFolder::Unpack(const Snapshot& snapshot, const fs::path& to) const {
  DecompressFile(FileOf(snapshot), to, std::numeric_limits<std::uint64_t>::max());
}

void SnapshotFolder::SetPinned(Snapshot snapshot, bool is_pinned) const {
  snapshot.is_pinned = is_pinned;
  WriteFileAtomically(DescriptionOf(snapshot), Describe(snapshot));
}

void SnapshotFolder::Remove(const Snapshot& snapshot) const {
  if (::unlink(FileOf(snapshot).c_str()) != 0) ThrowErrno("remove", FileOf(snapshot));
  ::unlink(DescriptionOf(snapshot).c_str());
  SyncFolder(folder_);
}

fs::path SnapshotFolder::FileOf(const Snapshot& snapshot) const {
  return folder_ / (snapshot.name + std::string(kSuffix));
}

fs::path SnapshotFolder::DescriptionOf(const Snapshot& snapshot) const {
  return folder_ / (snapshot.name + ".json");
}

}  // namespace ankisync
