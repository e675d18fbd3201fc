// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/restore_backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <map>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/sqlite/transaction.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/media/user_media.h"
#include "common/storage/snapshots/restore.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesAtOnce = 64;
constexpr int kRowsAtOnce = 1024;

// Changes that devices may have seen since the backup was made.
constexpr std::int32_t kUnknownChanges = 1'000'000;

constexpr std::chrono::seconds kLockWait{10};

const OnMediaStep kNoStep;

std::unique_ptr<ByteSource> OpenBlob(const BackupRepository& repository, const Sha1Digest& sha1) {
  const fs::path file = repository.folder() / MediaPath(Hex(sha1));
  if (!fs::exists(file)) return nullptr;
  return std::make_unique<FileSource>(std::make_shared<const UniqueFd>(OpenFile(file, O_RDONLY)), 0,
                                      fs::file_size(file));
}

// Into a database that servers may have open already. A table has the same columns in the same
// version of its file.
void CopyRows(const fs::path& from, const fs::path& to, sqlite::Sql copy) {
  const FileLock lock = LockDatabase(to, kLockWait);
  sqlite::Connection db(to, sqlite::OpenMode::kReadWrite);
  db.Script("PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=0");
  db.Execute("ATTACH ? AS backup", from.string());
  if (db.Int("PRAGMA main.user_version") != db.Int("PRAGMA backup.user_version"))
    throw SyncError(ErrorKind::kInconsistentData,
                    "the backup was made by another version of this server");
  sqlite::Transaction transaction(db);
  db.Execute(copy);
  transaction.Commit();
}

// Those that are missing. What the backup lacks the index withdraws when a client asks for it.
void PlaceBlobs(const BackupRepository& repository, const std::vector<Sha1Digest>& wanted,
                const BlobStore& store, const RestoreTools& tools) {
  for (std::size_t next = 0; next < wanted.size();) {
    BlobBatch batch(store, tools.disk, kNoStep);
    for (std::size_t files = 0; next < wanted.size() && files < kFilesAtOnce; ++next) {
      if (fs::exists(store.PathOf(wanted[next]))) continue;
      const auto blob = OpenBlob(repository, wanted[next]);
      if (!blob) continue;
      if (batch.Add(*blob).sha1 != wanted[next])
        throw SyncError(ErrorKind::kInconsistentData,
                        "damaged in the backup: " + MediaPath(Hex(wanted[next])));
      ++files;
    }
    batch.Sync();
    batch.Publish();
  }
}

void NumberAnew(MediaIndex& index, Usn floor, UnixSeconds now) {
  MediaUpdate update(index, now);
  update.Renumber(floor);
  update.Commit();
}

// A user without media.
void PlaceMedia(const BackupRepository& repository, const BackupManifest::Database& database,
                const fs::path& user_folder, const RestoreTools& tools) {
  const BlobStore store(UserMedia::BlobFolder(user_folder));
  const fs::path index_file = UserMedia::IndexFile(user_folder);
  const fs::path unpacked = index_file.string() + ".unpacked";
  RemoveDatabase(unpacked);
  repository.Unpack(database, unpacked);
  store.Create();
  {
    MediaIndex index(unpacked, SharedDatabase::IfMissing::kRefuse);
    PlaceBlobs(repository, index.Referenced(), store, tools);
    NumberAnew(index, static_cast<Usn>(Raw(index.totals().last_usn) + kUnknownChanges),
               ToSeconds(tools.clock.Now()));
  }
  SyncFile(OpenFile(unpacked, O_RDONLY).get());
  if (::rename(unpacked.c_str(), index_file.c_str()) != 0) ThrowErrno("rename to", index_file);
  ::unlink((unpacked.string() + ".lock").c_str());
  SyncFolder(user_folder);
}

// Into media that are served meanwhile.
class Merge {
 public:
  Merge(const BackupRepository& repository, UserMedia& media)
      : repository_(repository), media_(media) {}

  void Take(MediaIndex& backup) {
    std::string last_name;
    for (bool at_end = false; !at_end;) {
      std::map<std::string, MediaContent> wanted;
      const auto rows = backup.RowsAfter(last_name, kRowsAtOnce);
      for (const MediaIndex::Row& row : rows) {
        if (row.state == MediaIndex::State::kLive) wanted.emplace(row.name, row.content);
        last_name = row.name;
      }
      TakeWhatDiffers(wanted);
      at_end = rows.size() < kRowsAtOnce;
    }
  }

 private:
  void TakeWhatDiffers(const std::map<std::string, MediaContent>& wanted) {
    std::vector<std::string> names;
    for (const auto& [name, content] : wanted) names.push_back(name);
    const auto present = media_.index().Live(names);
    std::vector<UserMedia::Change> changes;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const MediaContent& content = wanted.at(names[i]);
      const bool is_there =
          present[i] == content && media_.blobs().Holds(content, BlobStore::Depth::kSize);
      if (!is_there) changes.push_back({names[i], content});
      if (changes.size() == kFilesAtOnce) Apply(std::exchange(changes, {}));
    }
    Apply(std::move(changes));
  }

  void Apply(std::vector<UserMedia::Change> changes) {
    BlobBatch batch = media_.NewBatch();
    std::erase_if(changes, [&](const UserMedia::Change& change) {
      const auto blob = OpenBlob(repository_, change.content->sha1);
      return !blob || batch.Add(*blob) != *change.content;
    });
    batch.Sync();
    media_.Apply(changes, batch);
  }

  const BackupRepository& repository_;
  UserMedia& media_;
};

void MergeMedia(const BackupRepository& repository, const BackupManifest::Database& database,
                const fs::path& user_folder, const RestoreTools& tools) {
  const TemporaryFolder work(user_folder);
  repository.Unpack(database, work / "index");
  MediaIndex backup(work / "index", SharedDatabase::IfMissing::kRefuse);
  UserMedia media(user_folder, {.disk = tools.disk, .clock = tools.clock, .on_step = {}});
  Merge(repository, media).Take(backup);
  NumberAnew(media.index(), backup.totals().last_usn, ToSeconds(tools.clock.Now()));
}

}  // namespace

void RestoreUser(const BackupRepository& repository, const BackupManifest::User& user,
                 const fs::path& user_folder, const RestoreTools& tools) {
  if (user.collection) {
    Generations generations(user_folder);
    generations.Sweep();
    repository.Unpack(*user.collection, generations.NewFile());
    PutInForce(generations, tools.clock.Now());
  }
  if (!user.media_index) return;
  const bool has_media = fs::exists(UserMedia::IndexFile(user_folder));
  (has_media ? MergeMedia : PlaceMedia)(repository, *user.media_index, user_folder, tools);
}

void RestoreVolume(const BackupRepository& repository, const BackupManifest& manifest,
                   const Volume& volume, const RestoreTools& tools) {
  if (!manifest.is_whole())
    throw SyncError(ErrorKind::kInconsistentData,
                    "backup " + manifest.name + " is of single users: name one with --user");
  SharedDatabase auth = OpenAuthDatabase(volume);  // made while the volume is empty
  const SharedDatabase sessions = OpenSessionDatabase(volume);
  if (auth.Read([](sqlite::Connection& db) { return db.Any("SELECT 1 FROM accounts"); })) {
    throw SyncError(ErrorKind::kInconsistentData,
                    volume.root().string() +
                        " has accounts already: name another data folder, or one user with --user");
  }
  for (const BackupManifest::User& user : manifest.users) {
    const FileLock lock = volume.LockUser(user.folder);
    RestoreUser(repository, user, volume.UserFolder(user.folder), tools);
  }
  // Last: with them the volume is complete. Holds stay out: whoever placed one has gone since.
  const TemporaryFolder work(volume.root() / "spool");
  if (manifest.sessions) {
    repository.Unpack(*manifest.sessions, work / "session");
    CopyRows(work / "session", volume.root() / "session.db",
             "INSERT OR IGNORE INTO main.devices SELECT * FROM backup.devices");
  }
  repository.Unpack(*manifest.accounts, work / "auth");
  CopyRows(work / "auth", volume.root() / "auth.db",
           "INSERT INTO main.accounts SELECT * FROM backup.accounts");
}

}  // namespace ankisync
