// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ankisync {

// Where a backup goes: a repository's folder, or a stream that becomes one when it is unpacked.
// Paths are relative to the repository. One thread. Errors: those of core/files.h.
class BackupTarget {
 public:
  virtual ~BackupTarget() = default;

  // Where databases are copied to before they are put. Gone with the target.
  virtual std::filesystem::path work_folder() const = 0;

  // Whether a file is there with all its content, which its path stands for.
  virtual bool Has(const std::string& path) const = 0;
  virtual void Put(const std::string& path, const std::filesystem::path& file) = 0;

  // When all files were put; a backup without its manifest is none.
  virtual void PutManifest(const std::string& path, std::string_view text) = 0;
};

}  // namespace ankisync
