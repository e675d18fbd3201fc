// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/prune_backups.h"

#include <limits>
#include <set>
#include <string>

#include "common/core/files.h"
#include "common/core/utc_text.h"
#include "common/storage/backup/repository.h"
#include "common/storage/media/media_index.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

// The paths that a backup refers to.
class Referenced {
 public:
  Referenced(const BackupRepository& repository, fs::path work_folder)
      : repository_(repository), work_folder_(std::move(work_folder)) {}

  void Add(const BackupManifest& manifest) {
    Add(manifest.accounts);
    Add(manifest.sessions);
    for (const BackupManifest::User& user : manifest.users) {
      Add(user.collection);
      if (Add(user.media_index)) AddMediaOf(*user.media_index);
    }
  }

  bool Has(const std::string& path) const { return paths_.contains(path); }

 private:
  // Whether it is a new one.
  bool Add(const std::optional<BackupManifest::Database>& database) {
    return database && paths_.insert(DatabasePath(database->sha1)).second;
  }

  void AddMediaOf(const BackupManifest::Database& index) {
    const fs::path file = work_folder_ / index.sha1;
    repository_.Unpack(index, file);
    for (const Sha1Digest& sha1 : MediaIndex(file, SharedDatabase::IfMissing::kRefuse).Referenced())
      paths_.insert(MediaPath(Hex(sha1)));
    fs::remove(file);
  }

  const BackupRepository& repository_;
  fs::path work_folder_;
  std::set<std::string> paths_;
};

std::size_t RemoveOthers(const fs::path& folder, const Referenced& referenced) {
  std::size_t removed = 0;
  for (const char* part : {"databases", "media"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder / part)) {
      const std::string path = entry.path().lexically_relative(folder).string();
      if (!entry.is_regular_file() || referenced.Has(path)) continue;
      fs::remove(entry.path());
      ++removed;
    }
  }
  return removed;
}

}  // namespace

BackupsPruned PruneBackups(const fs::path& folder, UnixSeconds now, const RetentionRules& rules) {
  const BackupRepository repository(folder);
  const FolderTarget only_one(folder);
  RetentionRules by_age = rules;
  by_age.bytes_max = std::numeric_limits<std::uint64_t>::max();
  by_age.count_max = std::numeric_limits<std::size_t>::max();

  const std::vector<BackupManifest> all = repository.List();
  std::vector<Keepable> keepable;
  for (const BackupManifest& manifest : all) {
    const auto taken = ParseCompactUtcText(manifest.name);
    keepable.push_back({.taken = taken.value_or(now), .is_pinned = !taken});
  }
  const auto expired = Expired(keepable, now, by_age);
  const std::set<std::size_t> goes(expired.begin(), expired.end());
  Referenced referenced(repository, only_one.work_folder());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!goes.contains(i)) referenced.Add(all[i]);
  }
  for (const std::size_t i : goes) fs::remove(folder / ManifestPath(all[i].name));
  SyncFolder(folder / "backups");  // before what they refer to goes
  return {.backups = goes.size(), .files = RemoveOthers(folder, referenced)};
}

}  // namespace ankisync
