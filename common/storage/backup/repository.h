// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/temporary_folder.h"
#include "common/storage/backup/backup_target.h"
#include "common/storage/backup/manifest.h"
#include "common/storage/media/blob_store.h"
#include "common/storage/volume/file_lock.h"

namespace ankisync {

inline constexpr char kRepositoryMarker[] = "ankisyncd-backup.json";
inline constexpr char kRepositoryMarkerText[] = "{\"format\":1}\n";

std::string DatabasePath(std::string_view sha1_hex);  // "databases/ab/cdef….zst"
std::string MediaPath(std::string_view sha1_hex);     // "media/ab/cdef…"
std::string ManifestPath(const std::string& name);

// A repository that is read. Errors: kInconsistentData with a sentence for what is not there or not
// one; those of core/files.h.
class BackupRepository {
 public:
  explicit BackupRepository(std::filesystem::path folder);

  std::vector<BackupManifest> List() const;         // oldest first
  BackupManifest Get(std::string_view name) const;  // "latest", or one of those listed

  // The database's own file. `to` must not be there.
  void Unpack(const BackupManifest::Database& database, const std::filesystem::path& to) const;

  BlobStore media() const { return BlobStore(folder_ / "media"); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// Writes into a repository, which is made in an empty folder. Only one at a time does. Files come
// into force in groups, each synced before.
class FolderTarget final : public BackupTarget {
 public:
  explicit FolderTarget(std::filesystem::path folder);

  std::filesystem::path work_folder() const override { return work_.path(); }
  bool Has(const std::string& path) const override;
  void Put(const std::string& path, const std::filesystem::path& file) override;
  void PutManifest(const std::string& path, std::string_view text) override;

 private:
  static FileLock Open(const std::filesystem::path& folder);
  void Flush();

  std::filesystem::path folder_;
  FileLock lock_;
  TemporaryFolder work_;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> waiting_;  // from, to
  std::uint64_t waiting_bytes_ = 0;
};

}  // namespace ankisync
