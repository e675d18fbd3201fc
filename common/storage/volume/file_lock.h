// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "common/core/unique_fd.h"

namespace ankisync {

// A flock, held until this goes or the process ends in whatever way. It excludes every other
// holder, in this process too. The file exists for the lock alone and is never one that SQLite
// opens: a descriptor of ours, when closed, would drop SQLite's own locks.
// Errors: those of core/files.h.
class FileLock {
 public:
  // Makes the file where it is missing. Nothing when another still held it after `wait`.
  static std::optional<FileLock> Acquire(const std::filesystem::path& file,
                                         std::chrono::milliseconds wait = {});

  // What the file says, for whoever finds it locked: who holds it, or once did.
  void Write(std::string_view text) const;

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace ankisync
