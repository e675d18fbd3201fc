// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"

namespace ankisync {

// One backup in a repository, which any number of backups share:
//
//   ankisyncd-backup.json            {"format":1}: what makes the folder a repository
//   backups/20261124T081015Z.json    one backup: the text of a BackupManifest; written last
//   databases/ab/cdef….zst           a database's file by its SHA-1, as one zstd frame
//   media/ab/cdef…                   a media file by its SHA-1
//   tmp/                             on the way in
//
// What two backups have in common lies there once. Which media belong to a backup is in its media
// indexes.
struct BackupManifest {
  struct Database {
    std::string sha1;  // hex, of the file itself
    std::uint64_t bytes = 0;
  };
  struct User {
    std::string name;    // of the account; empty: it was deleted
    std::string folder;  // below collections/users/
    std::optional<Database> collection;
    std::optional<Database> media_index;
    std::int64_t media_files = 0;    // different contents, those that can be undeleted included
    std::int64_t media_missing = 0;  // of these: the volume itself had lost them
  };

  std::string name;  // "20261124T081015Z"
  std::string volume_id;
  std::optional<Database> accounts;  // auth.db and session.db: of the whole volume only
  std::optional<Database> sessions;
  std::vector<User> users;

  bool is_whole() const { return accounts.has_value(); }
};

std::string BackupName(UnixMillis made);

std::string WriteManifest(const BackupManifest& manifest);
// Errors: kInconsistentData.
BackupManifest ReadManifest(std::string name, std::string text);

}  // namespace ankisync
