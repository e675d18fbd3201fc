// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/storage/media/user_media.h"

namespace ankisync {

// The media of all users that this process has open. An index stays open while requests come, so
// that they need not open it each time; its content is never remembered. Threads: any.
class MediaStore {
 public:
  MediaStore(UserMedia::Tools tools, std::size_t open_max = 64)
      : tools_(std::move(tools)), open_max_(open_max) {}

  // Opened, and for a new user made, when first asked for. Errors: those of UserMedia.
  std::shared_ptr<UserMedia> Of(const std::filesystem::path& user_folder);

  // What /sync/meta tells of; nothing for a user without media. Makes nothing.
  std::optional<MediaIndex::Totals> TotalsOf(const std::filesystem::path& user_folder);

  // Whether TotalsOf() would open nothing.
  bool KnowsTotals(const std::filesystem::path& user_folder) {
    const FileIdentity index = IdentityOf(user_folder);
    return index == FileIdentity() || Known(user_folder, index);
  }

  // Closes those that nobody has asked for since `idle` ago, which moves their WAL into the file.
  void CloseIdle(std::chrono::seconds idle);

  std::size_t open() const;

 private:
  // Which file a name stands for: an index that was removed or put there anew is another one.
  struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const FileIdentity&) const = default;
  };
  struct Open {
    std::shared_ptr<UserMedia> media;
    FileIdentity index;
    std::chrono::steady_clock::time_point asked_at;
  };

  static FileIdentity IdentityOf(const std::filesystem::path& user_folder);
  std::shared_ptr<UserMedia> Known(const std::filesystem::path& user_folder, FileIdentity index);
  std::shared_ptr<UserMedia> Opened(const std::filesystem::path& user_folder);

  UserMedia::Tools tools_;
  const std::size_t open_max_;
  mutable std::mutex mutex_;
  std::map<std::string, Open> open_;  // by the user's folder
};

}  // namespace ankisync
