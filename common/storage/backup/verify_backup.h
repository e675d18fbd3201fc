// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/storage/backup/repository.h"

namespace ankisync {

struct BackupVerified {
  std::int64_t databases = 0;
  std::int64_t media_files = 0;
  std::vector<std::string> troubles;  // a sentence each; empty: it can be restored as it is
};

// Reads all of one backup: every database is unpacked, opened and checked for integrity with our
// collation, every media file hashed. What the volume itself had lost is no trouble of the backup.
// `work_folder` takes one database at a time. Errors: those of core/files.h.
BackupVerified VerifyBackup(const BackupRepository& repository, const BackupManifest& manifest,
                            const std::filesystem::path& work_folder);

}  // namespace ankisync
