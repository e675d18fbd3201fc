// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "common/core/ids.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// What became of backups of the whole volume: `backup.json` in the data folder, for alerts.
//
//   {"backup_s":1795508415,"verify_s":1795508999,"attempt_s":1795508402,"took_ms":13201,
//    "new_bytes":7340032,"failed_backups":0,"failed_verifies":0}
struct BackupRecord {
  std::optional<UnixSeconds> backup;      // the last one was complete
  std::optional<UnixSeconds> verify;      // the last one was found sound
  std::optional<UnixSeconds> attempt;     // the last one began, however it ended
  std::optional<std::int64_t> took_ms;    // the last complete one
  std::optional<std::int64_t> new_bytes;  // that it added to its folder
  std::int64_t failed_backups = 0;        // ever
  std::int64_t failed_verifies = 0;
};

// A file that is missing or damaged says that nothing ever happened. Threads: any.
BackupRecord ReadBackupRecord(const Volume& volume);
// Errors: those of core/files.h.
void ChangeBackupRecord(const Volume& volume, const std::function<void(BackupRecord&)>& change);
// The same, but for what matters more than its record: a full disk is a reason for a backup.
void TryToChangeBackupRecord(const Volume& volume,
                             const std::function<void(BackupRecord&)>& change);

}  // namespace ankisync
