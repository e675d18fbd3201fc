// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/core/error.h"
#include "common/storage/accounts/authenticator.h"
#include "common/storage/accounts/test_volume.h"
#include "common/storage/backup/backup_record.h"
#include "common/storage/backup/make_backup.h"
#include "common/storage/backup/prune_backups.h"
#include "common/storage/backup/restore_backup.h"
#include "common/storage/backup/tar_target.h"
#include "common/storage/backup/verify_backup.h"
#include "common/storage/media/media_fixture.h"
#include "common/storage/snapshots/test_user.h"

namespace ankisync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr UnixMillis kNow{1'795'508'415'000};

std::string Refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const SyncError& error) {
    return error.what();
  }
  return "";
}

// Ada, with a note, two media files and one that she deleted; all of it in use.
class Backup : public testing::Test {
 protected:
  Backup() {
    collection_.AddNote(1, 1);
    media_.Upload({{"a.mp3", "aaa"}, {"b.mp3", "bbb"}});
    media_.Upload({{"b.mp3", std::nullopt}});
  }

  BackupMade Make(const std::optional<std::string>& user = std::nullopt) {
    FolderTarget target(folder_ / "backups");
    return MakeBackup(test_.volume, program_.accounts, user, target, kNow);
  }
  BackupRepository repository() const { return BackupRepository(folder_ / "backups"); }
  std::vector<std::string> Troubles(const std::string& name = "latest") const {
    return VerifyBackup(repository(), repository().Get(name), folder_.path()).troubles;
  }
  void RestoreInto(const Volume& volume) {
    RestoreVolume(repository(), repository().Get("latest"), volume, {disk_, clock_});
  }
  std::filesystem::path MediaInBackup(const std::string& text) const {
    return folder_ / "backups" / MediaPath(Hex(Sha1(text)));
  }

  TestVolume test_;
  TestProgram program_{test_.volume};
  Account ada_ = program_.Add("ada");
  std::filesystem::path user_folder_ = test_.volume.UserFolder(ada_.folder);
  TestCollection collection_{user_folder_};
  OpenedMedia media_{user_folder_};
  TemporaryFolder folder_;
  WorkerPool disk_{2};
  ManualClock clock_{kNow};
};

TEST_F(Backup, IsSoundAndHasEverythingThatIsCommitted) {
  Collection session(collection_.present());
  session.db.Script("BEGIN IMMEDIATE; DELETE FROM notes");
  const BackupMade made = Make();
  EXPECT_EQ(made.manifest.name, "20261124T082015Z");
  ASSERT_EQ(made.manifest.users.size(), 1U);
  EXPECT_EQ(made.manifest.users[0].name, "ada");
  EXPECT_EQ(made.manifest.users[0].media_files, 2) << "what can be undeleted, too";
  EXPECT_THAT(Troubles(), IsEmpty());
  repository().Unpack(*made.manifest.users[0].collection, folder_ / "unpacked");
  EXPECT_EQ(Collection(folder_ / "unpacked").notes.Count(), 1);
}

TEST_F(Backup, CopiesOnlyWhatIsNew) {
  EXPECT_EQ(Make().new_files, 6U);  // four databases, two media files
  EXPECT_EQ(Make().new_files, 0U);
  media_.Upload({{"c.mp3", "ccc"}, {"same as a.mp3", "aaa"}});
  EXPECT_EQ(Make().new_files, 2U);  // the index and the file
  EXPECT_EQ(repository().List().size(), 3U);
  EXPECT_THAT(Troubles(repository().List().front().name), IsEmpty());
}

TEST_F(Backup, WhichIsOldGoesWithWhatNoOtherNeeds) {
  const auto make = [this](int days) {
    FolderTarget target(folder_ / "backups");
    MakeBackup(test_.volume, program_.accounts, std::nullopt, target,
               static_cast<UnixMillis>(Raw(kNow) + days * std::int64_t{86'400'000}));
  };
  make(0);
  media_.Upload({{"c.mp3", "ccc"}});
  {
    MediaUpdate update(media_->index(), media_->now());
    update.DropFormer(static_cast<UnixSeconds>(Raw(media_->now()) + 1), 10);
    update.Commit();
  }
  make(500);
  const auto now = static_cast<UnixSeconds>(Raw(ToSeconds(kNow)) + 500 * 86'400);
  const BackupsPruned pruned = PruneBackups(folder_ / "backups", now, {});
  EXPECT_EQ(pruned.backups, 1U);
  EXPECT_EQ(pruned.files, 2U);  // the older index, and what could be undeleted by it
  EXPECT_FALSE(std::filesystem::exists(MediaInBackup("bbb")));
  EXPECT_THAT(Troubles(), IsEmpty());
}

TEST_F(Backup, OfOneUserHasNeitherAccountsNorOthers) {
  program_.Add("bob");
  test_.volume.UserFolder("bob");
  const BackupManifest made = Make("ada").manifest;
  EXPECT_FALSE(made.is_whole());
  EXPECT_EQ(made.users.size(), 1U);
  EXPECT_THAT(Refusal([&] { RestoreInto(test_.volume); }), HasSubstr("--user"));
  EXPECT_THAT(Refusal([&] { Make("carol"); }), HasSubstr("carol"));
}

TEST_F(Backup, OfDeletedAccountsIsMadeToo) {
  program_.accounts.Delete("ada");
  const BackupManifest made = Make().manifest;
  ASSERT_EQ(made.users.size(), 1U);
  EXPECT_EQ(made.users[0].name, "");
  EXPECT_TRUE(made.users[0].collection);
}

TEST_F(Backup, ThatIsDamagedIsSaidToBe) {
  Make();
  std::ofstream(MediaInBackup("aaa")) << "axa";
  EXPECT_THAT(Troubles(), ElementsAre(HasSubstr("media of ada: 1 media file")));
  std::filesystem::remove(MediaInBackup("bbb"));
  EXPECT_THAT(Troubles(), ElementsAre(HasSubstr("2 media files")));
  const auto collection = *repository().Get("latest").users[0].collection;
  const auto file = folder_ / "backups" / DatabasePath(collection.sha1);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_THAT(Troubles(), testing::Contains(HasSubstr("collection of ada")));
  std::filesystem::remove(file);
  EXPECT_THAT(Troubles(), testing::Contains(HasSubstr("is missing")));
}

TEST_F(Backup, OfADamagedCollectionIsSaidToBeOne) {
  {
    std::fstream file(collection_.present(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5 * 4096);
    file << std::string(4096, '\xff');
  }
  Make();
  EXPECT_THAT(Troubles(), ElementsAre(HasSubstr("collection of ada")));
}

TEST_F(Backup, CountsWhatTheVolumeItselfHasLost) {
  std::filesystem::remove(media_->blobs().PathOf(Sha1("aaa")));
  EXPECT_EQ(Make().manifest.users[0].media_missing, 1);
  EXPECT_THAT(Troubles(), IsEmpty());
}

TEST_F(Backup, GoesIntoNobodyElsesFolder) {
  std::filesystem::create_directory(folder_ / "backups");
  std::ofstream(folder_ / "backups" / "thesis.txt") << "mine";
  EXPECT_THAT(Refusal([&] { Make(); }), HasSubstr("other files"));
  EXPECT_THAT(Refusal([&] { repository(); }), HasSubstr("holds no backups"));
}

TEST_F(Backup, IsMadeByOneAtATimeAndWhatAKilledOneLeftGoes) {
  Make();
  std::ofstream(folder_ / "backups" / "tmp" / "half") << "half";
  const FolderTarget other(folder_ / "backups");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "backups" / "tmp" / "half"));
  EXPECT_THAT(Refusal([&] { Make(); }), HasSubstr("another backup"));
}

TEST_F(Backup, AsATarArchiveUnpacksToARepository) {
  const UniqueFd archive = OpenFile(folder_ / "backup.tar", O_WRONLY | O_CREAT);
  {
    TarTarget target(archive.get(), folder_.path());
    MakeBackup(test_.volume, program_.accounts, std::nullopt, target, kNow);
  }
  std::filesystem::create_directory(folder_ / "backups");
  const std::string command = "tar -xf '" + (folder_ / "backup.tar").string() + "' -C '" +
                              (folder_ / "backups").string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(Troubles(), IsEmpty());
  EXPECT_EQ(Make().new_files, 0U) << "and takes further backups";
}

TEST_F(Backup, OfAWholeVolumeIsRestoredIntoANewOne) {
  const std::string key = "7.1.key";
  program_.devices.Register(ada_.id, key, {});
  program_.holds.Place(ada_.id, "restore", "wait");
  Make();
  TestVolume fresh;
  RestoreInto(fresh.volume);

  TestProgram there(fresh.volume);
  Authenticator authenticator(there.auth, there.sessions);
  const auto identity = authenticator.Find(key);
  ASSERT_TRUE(identity) << "devices stay logged in";
  EXPECT_FALSE(identity->hold);
  const auto folder = fresh.volume.UserFolder(identity->folder);
  const ColRow col = Collection(folder / "collection.anki2").col.Get();
  EXPECT_EQ(col.scm, kNow) << "every device is asked";
  EXPECT_EQ(col.mod, kNow);
  EXPECT_EQ(Collection(folder / "collection.anki2").notes.Count(), 1);
  OpenedMedia media(folder);
  media.ExpectConsistent();
  EXPECT_EQ(media.Read("a.mp3"), "aaa");
  EXPECT_EQ(media->index().Count().former, 1);
  EXPECT_EQ(ReadFile(media->blobs().PathOf(Sha1("bbb")), 10), "bbb") << "the undo window";
  EXPECT_GT(Raw(media->index().totals().last_usn), 1'000'000);
  EXPECT_THAT(Refusal([&] { RestoreInto(fresh.volume); }), HasSubstr("has accounts already"));
}

TEST_F(Backup, WhoseRestoreWasInterruptedIsRestoredAgain) {
  Make();
  TestVolume fresh;
  const TestProgram waiting(fresh.volume);  // a server
  std::ofstream(fresh.volume.UserFolder("ada") / "collection.new") << "half";
  std::filesystem::create_directories(UserMedia::BlobFolder(fresh.volume.UserFolder("ada")));
  RestoreInto(fresh.volume);
  OpenedMedia media(fresh.volume.UserFolder("ada"));
  EXPECT_EQ(media.Read("a.mp3"), "aaa");
  EXPECT_TRUE(waiting.accounts.Find("ada"));
}

TEST_F(Backup, OfAUserComesBackBesideWhatWasAddedSince) {
  Make();
  media_.Upload({{"a.mp3", "overwritten"}, {"new.mp3", "nnn"}});
  const Usn before = media_->index().totals().last_usn;
  RestoreUser(repository(), repository().Get("latest").users[0], user_folder_, {disk_, clock_});
  EXPECT_EQ(media_.Read("a.mp3"), "aaa");
  EXPECT_EQ(media_.Read("new.mp3"), "nnn");
  EXPECT_GT(Raw(media_->index().totals().last_usn), Raw(before));
  EXPECT_EQ(media_->index().totals().epoch, 1);
  media_.ExpectConsistent();
  EXPECT_EQ(collection_.generations.current(), 2);
  EXPECT_THAT(collection_.generations.Superseded(), ElementsAre(1)) << "the undo of the restore";
}

TEST_F(Backup, WithADamagedCollectionRestoresNothing) {
  Make();
  const BackupManifest::User user = repository().Get("latest").users[0];
  const auto file = folder_ / "backups" / DatabasePath(user.collection->sha1);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_THAT(Refusal([&] {
                RestoreUser(repository(), user, user_folder_, {disk_, clock_});
              }),
              HasSubstr("damaged"));
  EXPECT_EQ(collection_.generations.current(), 1);
}

TEST(BackupManifestTest, IsReadAsItWasWrittenAndNamesNoPathOfItsOwn) {
  BackupManifest manifest{.volume_id = "v"};
  manifest.users.push_back({.name = "é ü",
                            .folder = "ada",
                            .collection = BackupManifest::Database{std::string(40, 'a'), 7},
                            .media_files = 3,
                            .media_missing = 1});
  const std::string text = WriteManifest(manifest);
  const BackupManifest read = ReadManifest("n", text);
  EXPECT_EQ(read.name, "n");
  EXPECT_EQ(WriteManifest(read), text);
  for (const std::string& other :
       {std::string("{"), std::string("{}"), std::string(R"({"format":2,"volume":"","users":[]})"),
        std::string(R"({"format":1,"volume":"","users":[{"name":"a","folder":"a","collection":)") +
            R"({"sha1":"../../../../../../../../etc/passwd000000","bytes":1},)" +
            R"("media_files":0,"media_missing":0}]})"}) {
    EXPECT_THAT(Refusal([&] { ReadManifest("n", other); }), HasSubstr("backup n: ")) << other;
  }
}

TEST(BackupRecordTest, IsWhatWasWrittenLastOrNothing) {
  const TestVolume test;
  EXPECT_FALSE(ReadBackupRecord(test.volume).backup);
  ChangeBackupRecord(test.volume, [](BackupRecord& record) {
    record.backup = UnixSeconds{7};
    record.new_bytes = 1'000'000;
  });
  TryToChangeBackupRecord(test.volume, [](BackupRecord& record) {
    record.attempt = UnixSeconds{8};
    ++record.failed_backups;
  });
  const BackupRecord record = ReadBackupRecord(test.volume);
  EXPECT_EQ(record.backup, UnixSeconds{7});
  EXPECT_EQ(record.new_bytes, 1'000'000);
  EXPECT_EQ(record.attempt, UnixSeconds{8});
  EXPECT_EQ(record.failed_backups, 1);
  EXPECT_FALSE(record.verify);
  std::ofstream(test.volume.root() / "backup.json") << "{";
  EXPECT_FALSE(ReadBackupRecord(test.volume).backup);
}

}  // namespace
}  // namespace ankisync
