// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>

#include "common/core/ids.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// When the volume was last backed up and a backup of it last verified, both with success:
// `backup.json` in the data folder, {"backup_s":1795508415,"verify_s":1795508999}. For alerts.
struct BackupRecord {
  std::optional<UnixSeconds> backup;
  std::optional<UnixSeconds> verify;
};

// A file that is missing or damaged says that neither ever happened. Threads: any.
BackupRecord ReadBackupRecord(const Volume& volume);
void WriteBackupRecord(const Volume& volume, const BackupRecord& record);

}  // namespace ankisync
