// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/storage/volume/file_lock.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// This process's folder for bodies that were not yet given to a user: `spool/<pid>-<token>/`. A
// flock says that its owner lives; folders whose owner died are swept when the next process starts.
// Threads: any. Errors: kUnavailable.
class Spool {
 public:
  explicit Spool(const Volume& volume);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  FileLock alive_;
};

}  // namespace ankisync
