// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "common/storage/snapshots/snapshot.h"
#include "common/storage/volume/file_lock.h"

namespace ankisync {

// One user's snapshots. What changes them belongs to the holder of Lock(), whichever process that
// is. Threads: any. Errors: those of core/files.h and sqlite::Connection.
class SnapshotFolder {
 public:
  // A name for a file on its way; what is there goes with this, or at the next Lock().
  class Temporary {
   public:
    explicit Temporary(std::filesystem::path path) : path_(std::move(path)) {}
    ~Temporary();
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    const std::filesystem::path& path() const { return path_; }

   private:
    std::filesystem::path path_;
  };

  explicit SnapshotFolder(const std::filesystem::path& user_folder)
      : folder_(user_folder / "snapshots") {}

  // Makes the folder where it is missing, and sweeps what a killed process left half-made.
  // kUnavailable when another still holds it after `wait`.
  FileLock Lock(std::chrono::milliseconds wait) const;

  // Oldest first. No lock.
  std::vector<Snapshot> List() const;

  // By its name, the beginning of one that means no other, or "latest". Errors: kInconsistentData,
  // naming it.
  Snapshot Get(std::string_view name) const;

  // A snapshot of what is committed in a database, which others may go on using: a consistent
  // copy, examined, compressed, synced and read again. Either it is there afterwards, or nothing
  // is. kUnavailable, at once, when the disk is too full for the copy.
  Snapshot Make(const std::filesystem::path& database, Snapshot::Reason reason,
                UnixSeconds now) const;

  // Errors: kInconsistentData for a damaged one.
  void Unpack(const Snapshot& snapshot, const std::filesystem::path& to) const;

  Temporary NewTemporary() const;

  void SetPinned(Snapshot snapshot, bool is_pinned) const;
  void Remove(const Snapshot& snapshot) const;

  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path FileOf(const Snapshot& snapshot) const;
  std::filesystem::path DescriptionOf(const Snapshot& snapshot) const;

  std::filesystem::path folder_;
};

}  // namespace ankisync
