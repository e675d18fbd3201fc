// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "common/storage/snapshots/retention.h"
#include "common/storage/snapshots/snapshot.h"

namespace ankisync {

struct UndoRules {
  RetentionRules retention;
  bool daily = true;
};

// What wants looking after: generations that an upload replaced, or these and the day's changes.
enum class UndoDue { kReplaced, kChanges };

struct UndoTended {
  std::vector<Snapshot> made;
  std::size_t removed = 0;
};

// A snapshot of every generation that was replaced, for `reason`; only then its file goes. Where a
// snapshot cannot be made (disk full), the file itself stays as the undo, and this throws when it
// has done what it could: to be called again later. By the holder of the folder's lock.
std::vector<Snapshot> KeepSuperseded(const std::filesystem::path& user_folder,
                                     Snapshot::Reason reason, UnixSeconds now);

// Keeps a user's undo, when a collection was replaced by an upload or has changed: the above; for
// kChanges a snapshot a day when something changed; what is older or more than the rules allow
// goes. It reads through SQLite and needs neither the user's lock nor their strand. Threads: any,
// processes too.
UndoTended TendUndo(const std::filesystem::path& user_folder, UnixMillis now,
                    const UndoRules& rules, UndoDue due);

}  // namespace ankisync
