// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/restore.h"

#include <algorithm>

#include "common/core/error.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/upload_check.h"

namespace ankisync {
namespace {

ColRow PresentCol(const Generations& generations) {
  const int present = generations.current();
  if (present == 0) return {};
  sqlite::Connection db(generations.PathOf(present), sqlite::OpenMode::kReadWrite);
  return ColTable(db).Get();
}

// A clock that was put back must not make it look like the present one.
UnixMillis After(UnixMillis now, std::initializer_list<ColRow> known) {
  std::int64_t latest = Raw(now);
  for (const ColRow& col : known) latest = std::max({latest, Raw(col.mod) + 1, Raw(col.scm) + 1});
  return static_cast<UnixMillis>(latest);
}

void MarkRestored(const std::filesystem::path& file, const ColRow& present, UnixMillis now) {
  Collection collection(file);
  sqlite::Transaction transaction(collection.db);
  ColRow col = collection.col.Get();
  col.mod = col.scm = col.ls = After(now, {present, col});
  collection.col.Set(col);
  transaction.Commit();
  if (!sqlite::CheckpointAll(collection.db))
    throw SyncError(ErrorKind::kUnavailable, "could not checkpoint a restored collection");
}

}  // namespace

void PutInForce(Generations& generations, UnixMillis now) {
  const auto file = generations.NewFile();
  try {
    if (const auto refusal = CheckUpload(file, now)) {
      throw SyncError(ErrorKind::kInconsistentData,
                      "this is no collection that can be served: " + refusal->detail);
    }
    MarkRestored(file, PresentCol(generations), now);
    generations.SwitchToNewFile();
  } catch (...) {
    RemoveDatabase(file);
    throw;
  }
}

void RestoreSnapshot(const std::filesystem::path& user_folder, const Snapshot& snapshot,
                     UnixMillis now) {
  Generations generations(user_folder);
  generations.Sweep();
  SnapshotFolder(user_folder).Unpack(snapshot, generations.NewFile());
  PutInForce(generations, now);
}

}  // namespace ankisync
