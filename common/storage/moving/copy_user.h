// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/core/worker_pool.h"

namespace ankisync {

// What of a user's folder is copied, and how much of it there is.
struct UserSizes {
  std::uint64_t database_bytes = 0;  // collection, index of media and what is ours to remember
  std::uint64_t snapshot_bytes = 0;
  std::uint64_t media_files = 0;  // by content, those that can be undeleted included
  std::uint64_t media_bytes = 0;

  std::uint64_t bytes() const { return database_bytes + snapshot_bytes + media_bytes; }
};

UserSizes SizesOf(const std::filesystem::path& user_folder);

// Copies one user's folder to `to`, byte for byte and in order of need: usns, generations and
// snapshots are the same there. Whatever is there already of media is not copied again, so both may
// be called anew after they were interrupted. `to` is on its way and nobody's yet.
//
// CopyMedia: blobs alone, while people sync. CopyUser: all of it, by the holder of the user's lock
// while a hold keeps everybody out; `to` is complete, compared with its source and on the disk
// afterwards. Errors: those of core/files.h and sqlite::Connection; kInternal when a copy is not
// what its source is. A blob that the source has lost is left out, as it is there.
void CopyMedia(const std::filesystem::path& from, const std::filesystem::path& to,
               WorkerPool& disk);
void CopyUser(const std::filesystem::path& from, const std::filesystem::path& to, WorkerPool& disk);

}  // namespace ankisync
