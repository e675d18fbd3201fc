// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <set>

#include "common/storage/backup/backup_target.h"

namespace ankisync {

// A repository with one backup as a tar archive (POSIX ustar), to be unpacked into an empty folder
// or into a repository. The manifest comes last: an archive that was cut off holds no backup.
class TarTarget final : public BackupTarget {
 public:
  TarTarget(int fd, std::filesystem::path work_folder);

  std::filesystem::path work_folder() const override { return work_folder_; }
  bool Has(const std::string& path) const override { return written_.contains(path); }
  void Put(const std::string& path, const std::filesystem::path& file) override;
  void PutManifest(const std::string& path, std::string_view text) override;

 private:
  void PutText(const std::string& path, std::string_view text);

  int fd_;
  std::filesystem::path work_folder_;
  std::set<std::string> written_;
};

}  // namespace ankisync
