// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/undo.h"

#include <exception>

#include "common/core/error.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/generations.h"
#include "common/storage/snapshots/snapshot_folder.h"

namespace ankisync {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::chrono::seconds kLockWait{10};

ColRow ReadCol(const std::filesystem::path& database) {
  sqlite::Connection db(database, sqlite::OpenMode::kReadWrite);
  return ColTable(db).Get();
}

// A collection that nobody has ever synced with: there is nothing to undo.
bool IsUntouched(const ColRow& col) { return Raw(col.mod) == 0; }

bool IsDailyDue(const std::vector<Snapshot>& all, const ColRow& col, UnixSeconds now) {
  if (IsUntouched(col)) return false;
  if (all.empty()) return true;
  const Snapshot& newest = all.back();
  if (Raw(now) - Raw(newest.taken) < kDaySeconds) return false;
  return !newest.facts || newest.facts->mod != col.mod || newest.facts->scm != col.scm;
}

std::size_t Expire(const SnapshotFolder& folder, UnixSeconds now, const RetentionRules& rules) {
  const std::vector<Snapshot> all = folder.List();
  std::vector<Keepable> keepable;
  for (const Snapshot& snapshot : all)
    keepable.push_back({snapshot.taken, snapshot.bytes, snapshot.is_pinned});
  const auto expired = Expired(keepable, now, rules);
  for (const std::size_t i : expired) folder.Remove(all[i]);
  return expired.size();
}

}  // namespace

std::vector<Snapshot> KeepSuperseded(const std::filesystem::path& user_folder,
                                     Snapshot::Reason reason, UnixSeconds now) {
  const SnapshotFolder folder(user_folder);
  const Generations generations(user_folder);
  std::vector<Snapshot> made;
  std::exception_ptr failure;
  for (const int generation : generations.Superseded()) {
    const auto file = generations.PathOf(generation);
    try {
      if (!IsUntouched(ReadCol(file))) made.push_back(folder.Make(file, reason, now));
      RemoveDatabase(file);
    } catch (const SyncError&) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return made;
}

UndoTended TendUndo(const std::filesystem::path& user_folder, UnixMillis now,
                    const UndoRules& rules, UndoDue due) {
  const SnapshotFolder folder(user_folder);
  const UnixSeconds now_s = ToSeconds(now);
  const FileLock lock = folder.Lock(kLockWait);
  UndoTended tended{.made = {}, .removed = Expire(folder, now_s, rules.retention)};
  tended.made = KeepSuperseded(user_folder, Snapshot::Reason::kUpload, now_s);
  const Generations generations(user_folder);
  const int present = generations.current();
  if (due == UndoDue::kChanges && rules.daily && present > 0) {
    const auto file = generations.PathOf(present);
    if (IsDailyDue(folder.List(), ReadCol(file), now_s))
      tended.made.push_back(folder.Make(file, Snapshot::Reason::kDaily, now_s));
  }
  tended.removed += Expire(folder, now_s, rules.retention);
  return tended;
}

}  // namespace ankisync
