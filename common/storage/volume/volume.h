// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/storage/volume/file_lock.h"

namespace ankisync {

// The data folder that all programs of one installation share.
//
//   volume.json                {"format":1,"id":"<32 hex>","created":"2026-11-24T08:10:15Z"}
//   auth.db, session.db        storage/accounts
//   spool/                     spool.h
//   collections/users/<folder> one account's data; `lock` in it is the UserLock
//
// A folder without volume.json is never taken for an empty volume: an unmounted disk looks just
// like that, and whoever began anew there would log everybody out and offer empty collections.
// Errors: kUnavailable, with a sentence that says what to do. Threads: any.
class Volume {
 public:
  enum class Create { kIfMissing, kNever };

  struct Settings {
    std::uint64_t free_bytes_min = std::uint64_t{256} << 20;  // below it: not ready
  };

  // One question of Check() and its answer.
  struct Finding {
    std::string_view check;  // "volume", "writable", "free_space"
    std::string trouble;     // empty: passed
  };

  Volume(std::filesystem::path root, Create create, const Settings& settings);
  Volume(std::filesystem::path root, Create create) : Volume(std::move(root), create, Settings()) {}

  const std::filesystem::path& root() const { return root_; }
  const std::string& id() const { return id_; }
  bool was_created() const { return was_created_; }  // by this object

  // For readiness: still mounted and the same, writable, space left. Some system calls, no fsync.
  std::vector<Finding> Check() const;

  // Whether any account ever had data here. Its databases are then never made anew.
  bool holds_users() const;

  // The names of all accounts' folders, also of those that were deleted; sorted.
  std::vector<std::string> Folders() const;

  // An account's folder, made when first asked for.
  std::filesystem::path UserFolder(std::string_view folder) const;

  // Held by the one process that has the account's collection open. kUnavailable names the other.
  FileLock LockUser(std::string_view folder, std::chrono::milliseconds wait = {}) const;

 private:
  std::filesystem::path root_;
  Settings settings_;
  std::string id_;
  bool was_created_ = false;
};

}  // namespace ankisync
