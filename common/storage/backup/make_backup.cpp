// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/make_backup.h"

#include <filesystem>
#include <map>
#include <vector>

#include "common/codec/zstd_file.h"
#include "common/core/file_hash.h"
#include "common/core/random_token.h"
#include "common/sqlite/database_file.h"
#include "common/storage/backup/repository.h"
#include "common/storage/collection/generations.h"
#include "common/storage/media/user_media.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

// A database on its way, gone with this.
struct WorkFile {
  explicit WorkFile(const BackupTarget& target) : path(target.work_folder() / RandomToken()) {}
  ~WorkFile() { RemoveDatabase(path); }
  WorkFile(const WorkFile&) = delete;
  WorkFile& operator=(const WorkFile&) = delete;

  fs::path path;
};

class Backup {
 public:
  Backup(BackupTarget& target, BackupMade& made) : target_(target), made_(made) {}

  std::optional<BackupManifest::Database> PutDatabase(const fs::path& database) {
    if (!fs::exists(database)) return std::nullopt;
    const WorkFile copy(target_);
    CopyOf(database, copy);
    return PutCopy(copy);
  }

  BackupManifest::User PutUser(BackupManifest::User user, const fs::path& folder) {
    user.collection = PutDatabase(folder / "collection.anki2");
    const fs::path index = UserMedia::IndexFile(folder);
    if (!fs::exists(index)) return user;
    const WorkFile copy(target_);
    CopyOf(index, copy);
    user.media_index = PutCopy(copy);
    PutMedia(copy, BlobStore(UserMedia::BlobFolder(folder)), user);
    return user;
  }

 private:
  static void CopyOf(const fs::path& database, const WorkFile& copy) {
    // Only read: whoever closes a database that is shared must not be the one to checkpoint it.
    sqlite::Connection from(database, sqlite::OpenMode::kReadOnly);
    sqlite::CopyDatabase(from, copy.path);
  }

  BackupManifest::Database PutCopy(const WorkFile& copy) {
    BackupManifest::Database database{.sha1 = Hex(Sha1OfFile(copy.path)),
                                      .bytes = fs::file_size(copy.path)};
    if (target_.Has(DatabasePath(database.sha1))) return database;
    const WorkFile compressed(target_);
    CompressFile(copy.path, compressed.path);
    Put(DatabasePath(database.sha1), compressed.path);
    return database;
  }

  void PutMedia(const WorkFile& index_copy, const BlobStore& store, BackupManifest::User& user) {
    MediaIndex index(index_copy.path, SharedDatabase::IfMissing::kRefuse);
    for (const Sha1Digest& sha1 : index.Referenced()) {
      ++user.media_files;
      const std::string path = MediaPath(Hex(sha1));
      const fs::path blob = store.PathOf(sha1);
      if (target_.Has(path)) continue;
      if (!fs::exists(blob) || Sha1OfFile(blob) != sha1) {
        ++user.media_missing;
        continue;
      }
      Put(path, blob);
    }
  }

  void Put(const std::string& path, const fs::path& file) {
    ++made_.new_files;
    made_.new_bytes += fs::file_size(file);
    target_.Put(path, file);
  }

  BackupTarget& target_;
  BackupMade& made_;
};

// Every folder, those of deleted accounts too: their data can come back.
std::vector<BackupManifest::User> Everybody(const Volume& volume, const Accounts& accounts) {
  std::map<std::string, std::string> names;
  for (const Account& account : accounts.List()) names[account.folder] = account.name;
  std::vector<BackupManifest::User> users;
  for (const auto& entry : fs::directory_iterator(volume.root() / "collections" / "users")) {
    const std::string folder = entry.path().filename().string();
    if (!entry.is_directory() || folder.starts_with('.')) continue;
    users.push_back({.name = names.contains(folder) ? names[folder] : "", .folder = folder});
  }
  return users;
}

}  // namespace

BackupMade MakeBackup(const Volume& volume, const Accounts& accounts,
                      const std::optional<std::string>& user, BackupTarget& target,
                      UnixMillis now) {
  BackupMade made;
  Backup backup(target, made);
  BackupManifest& manifest = made.manifest;
  manifest.volume_id = volume.id();
  if (!user) {
    manifest.accounts = backup.PutDatabase(volume.root() / "auth.db");
    manifest.sessions = backup.PutDatabase(volume.root() / "session.db");
  }
  if (user)
    manifest.users.push_back({.name = *user, .folder = accounts.Get(*user).folder});
  else
    manifest.users = Everybody(volume, accounts);
  for (BackupManifest::User& each : manifest.users)
    each = backup.PutUser(each, volume.UserFolder(each.folder));

  do {
    manifest.name = BackupName(now);
    now = static_cast<UnixMillis>(Raw(now) + 1000);
  } while (target.Has(ManifestPath(manifest.name)));
  target.PutManifest(ManifestPath(manifest.name), WriteManifest(manifest));
  return made;
}

}  // namespace ankisync
