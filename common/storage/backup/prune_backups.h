// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/storage/snapshots/retention.h"

namespace ankisync {

struct BackupsPruned {
  std::size_t backups = 0;
  std::size_t files = 0;  // that no backup needs any more
};

// Removes the backups that the rules give up (by age alone: the number and size of backups are the
// operator's business), then what none of the others refers to. Nothing is removed while one of the
// others cannot be read. Errors: those of BackupRepository; kUnavailable while a backup is being
// made there.
BackupsPruned PruneBackups(const std::filesystem::path& folder, UnixSeconds now,
                           const RetentionRules& rules);

}  // namespace ankisync
