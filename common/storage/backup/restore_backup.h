// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/backup/repository.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// What a restore needs beside what it restores.
struct RestoreTools {
  WorkerPool& disk;  // for fsyncs
  const Clock& clock;
};

// One user's collection and media out of a backup into their folder.
//
// The collection becomes a new generation, so that every device is asked at its next sync which
// side to keep (snapshots/restore.h). For a user without media the index is taken as it was, and
// all of it numbered anew beyond what any device can have seen. Where there are media already,
// files of the backup come back, and those that were added since stay: what is not needed any more,
// clients find themselves.
//
// By the holder of the user's lock. Errors: kInconsistentData for a damaged backup, with the
// collection as it was.
void RestoreUser(const BackupRepository& repository, const BackupManifest::User& user,
                 const std::filesystem::path& user_folder, const RestoreTools& tools);

// A whole volume into one that has no accounts; servers may be waiting on it. One that was
// interrupted can be run again. Errors: those of RestoreUser; kInconsistentData when there are
// accounts.
void RestoreVolume(const BackupRepository& repository, const BackupManifest& manifest,
                   const Volume& volume, const RestoreTools& tools);

}  // namespace ankisync
