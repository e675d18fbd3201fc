// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "common/storage/accounts/accounts.h"
#include "common/storage/backup/backup_target.h"
#include "common/storage/backup/manifest.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

struct BackupMade {
  BackupManifest manifest;
  std::uint64_t new_files = 0;  // that the target did not have
  std::uint64_t new_bytes = 0;
};

// Copies what is committed while servers run and people sync. Accounts come first, then for each of
// them the collection, then the media index, then the media that this index names (which stay for
// the length of the undo window even if they are replaced meanwhile): so whatever is in the backup
// finds in it what it refers to. `user`: nobody else, and neither accounts nor devices. Errors:
// those of Accounts, sqlite::Connection and of the target.
BackupMade MakeBackup(const Volume& volume, const Accounts& accounts,
                      const std::optional<std::string>& user, BackupTarget& target, UnixMillis now);

}  // namespace ankisync
