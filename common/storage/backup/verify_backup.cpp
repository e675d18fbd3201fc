// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/verify_backup.h"

#include <set>

#include "common/core/error.h"
#include "common/core/file_hash.h"
#include "common/core/random_token.h"
#include "common/storage/collection/generations.h"
#include "common/storage/media/media_index.h"
#include "common/storage/snapshots/collection_facts.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

using Database = BackupManifest::Database;

class Verification {
 public:
  Verification(const BackupRepository& repository, const fs::path& work_folder)
      : repository_(repository), work_(work_folder) {}

  void CheckPlain(const std::string& what, const Database& database) {
    WithUnpacked(what, database, [&](const fs::path& file) { CheckIntegrity(what, file); });
  }

  void CheckCollection(const std::string& what, const Database& database) {
    WithUnpacked(what, database, [&](const fs::path& file) {
      const std::string damage = ExamineCollection(file).damage;
      if (!damage.empty()) Complain(what, damage);
    });
  }

  void CheckMedia(const std::string& what, const BackupManifest::User& user) {
    std::int64_t missing = 0;
    WithUnpacked(what, *user.media_index, [&](const fs::path& file) {
      CheckIntegrity(what, file);
      MediaIndex index(file, SharedDatabase::IfMissing::kRefuse);
      for (const Sha1Digest& sha1 : index.Referenced()) missing += !HoldsBlob(sha1);
    });
    if (missing > user.media_missing)
      Complain(what, std::to_string(missing - user.media_missing) +
                         " media files are missing or damaged");
  }

  BackupVerified found;

 private:
  void CheckIntegrity(const std::string& what, const fs::path& file) {
    sqlite::Connection db(file, sqlite::OpenMode::kReadOnly);
    const std::string verdict = db.Text("PRAGMA integrity_check(1)");
    if (verdict != "ok") Complain(what, verdict);
  }

  template <typename Check>
  void WithUnpacked(const std::string& what, const Database& database, Check check) {
    const fs::path file = work_ / RandomToken();
    try {
      repository_.Unpack(database, file);
      ++found.databases;
      if (Hex(Sha1OfFile(file)) != database.sha1)
        Complain(what, "not the file that was backed up");
      else
        check(file);
    } catch (const SyncError& error) {
      if (error.kind() == ErrorKind::kUnavailable) throw;  // our disk, not the backup
      Complain(what, error.what());
    }
    RemoveDatabase(file);
  }

  bool HoldsBlob(const Sha1Digest& sha1) {
    if (sound_.contains(sha1)) return true;
    const fs::path file = repository_.folder() / MediaPath(Hex(sha1));
    if (!fs::exists(file) || Sha1OfFile(file) != sha1) return false;
    ++found.media_files;
    sound_.insert(sha1);
    return true;
  }

  void Complain(const std::string& what, const std::string& why) {
    found.troubles.push_back(what + ": " + why);
  }

  const BackupRepository& repository_;
  TemporaryFolder work_;
  std::set<Sha1Digest> sound_;  // users share media
};

}  // namespace

BackupVerified VerifyBackup(const BackupRepository& repository, const BackupManifest& manifest,
                            const fs::path& work_folder) {
  Verification verification(repository, work_folder);
  if (manifest.accounts) verification.CheckPlain("accounts", *manifest.accounts);
  if (manifest.sessions) verification.CheckPlain("devices", *manifest.sessions);
  for (const BackupManifest::User& user : manifest.users) {
    if (user.collection)
      verification.CheckCollection("collection of " + user.name, *user.collection);
    if (user.media_index) verification.CheckMedia("media of " + user.name, user);
  }
  return std::move(verification.found);
}

}  // namespace ankisync
