// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/move_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/new_collection.h"
#include "common/storage/moving/official_server.h"
#include "common/storage/moving/source_database.h"

namespace ankisync {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint64_t kBytesMax = 10 << 20;  // of a file here
const auto kNothing = [](const MoveIn::Progress&) {};

class MovingIn : public testing::Test {
 protected:
  MovingIn() {
    for (const char* user : {"ada", "bob"}) {
      std::filesystem::create_directories(base_ / user);
      CreateCollection(base_ / user / "collection.anki2", clock_.Now());
    }
  }

  ForeignServer Read() const {
    ForeignServer server = ReadOfficialServer(base_.path(), std::vector<EnvironmentAccount>{});
    for (ForeignUser& user : server.users) {
      user.password_hash = HashOfPythonServer(user.name, std::string(80, 'a'));
      user.hkeys = {"key of " + user.name};
    }
    return server;
  }

  int GenerationOf(const char* user) {
    return Generations(volume_.UserFolder(accounts_.Get(user).folder)).current();
  }

  TemporaryFolder base_;
  TemporaryFolder data_;
  SystemClock clock_;
  Volume volume_{data_ / "volume", Volume::Create::kIfMissing};
  SharedDatabase auth_ = OpenAuthDatabase(volume_);
  SharedDatabase sessions_ = OpenSessionDatabase(volume_);
  Devices devices_{sessions_, clock_};
  Accounts accounts_{auth_, devices_, clock_};
  Holds holds_{auth_};
  WorkerPool disk_{2};
  MoveIn move_in_{{volume_, accounts_, devices_, holds_, clock_, disk_}};
};

TEST_F(MovingIn, BringsAccountsDevicesAndCollectionsOnce) {
  EXPECT_THAT(move_in_.Import(move_in_.Examine(Read()), SourceFiles::kStay, kNothing), SizeIs(0));
  EXPECT_EQ(GenerationOf("ada"), 1);
  EXPECT_THAT(devices_.List(accounts_.Get("ada").id), SizeIs(1));
  EXPECT_THAT(holds_.List(), SizeIs(0));
  for (const MoveIn::Prospect& prospect : move_in_.Examine(Read()))
    EXPECT_EQ(prospect.standing, MoveIn::Standing::kDone);
}

TEST_F(MovingIn, NeverTouchesAnAccountThatHasDataOfItsOwn) {
  const Account ada = accounts_.Add("ada", HashOfPythonServer("ada", std::string(80, 'b'))).account;
  Generations own(volume_.UserFolder(ada.folder));
  CreateCollection(own.NewFile(), clock_.Now());
  own.SwitchToNewFile();
  const auto prospects = move_in_.Examine(Read());
  EXPECT_EQ(prospects[0].standing, MoveIn::Standing::kRefused);
  EXPECT_EQ(prospects[1].standing, MoveIn::Standing::kReady);
}

TEST_F(MovingIn, HoldsAUserWhoseCollectionIsDamagedAndBringsTheOthers) {
  std::filesystem::resize_file(base_ / "ada" / "collection.anki2", 5000);
  const auto failures = move_in_.Import(move_in_.Examine(Read()), SourceFiles::kStay, kNothing);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].user, "ada");
  EXPECT_THAT(failures[0].why, HasSubstr("is damaged"));
  ASSERT_THAT(holds_.List(), SizeIs(1));
  EXPECT_EQ(holds_.List()[0].account, accounts_.Get("ada").id);
  EXPECT_EQ(GenerationOf("bob"), 1);

  std::filesystem::remove(base_ / "ada" / "collection.anki2");
  CreateCollection(base_ / "ada" / "collection.anki2", clock_.Now());
  move_in_.Import(move_in_.Examine(Read()), SourceFiles::kStay, kNothing);
  EXPECT_EQ(GenerationOf("ada"), 1);
  EXPECT_THAT(holds_.List(), SizeIs(0));
}

// The old server was killed in the middle of a transaction: half of it is in the file, and what was
// there before is in a journal beside it.
TEST_F(MovingIn, TakesBackInItsCopyWhatTheOldServerLeftHalfDone) {
  const auto kept = base_ / "ada" / "collection.anki2";
  const auto journal = base_ / "ada" / "collection.anki2-journal";
  const auto live = base_ / "live.anki2";
  CreateCollection(live, clock_.Now());
  {
    sqlite::Connection db(live, sqlite::OpenMode::kReadWrite);
    db.Script("PRAGMA journal_mode=delete; PRAGMA cache_size=1; BEGIN");
    db.Script("CREATE TABLE half_done (a); INSERT INTO half_done VALUES (randomblob(1000000))");
    std::filesystem::copy_file(live, kept, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(live.string() + "-journal", journal);
  }
  const auto file_before = ReadFile(kept, kBytesMax);
  const auto journal_before = ReadFile(journal, kBytesMax);

  EXPECT_THAT(move_in_.Import(move_in_.Examine(Read()), SourceFiles::kStay, kNothing), SizeIs(0));
  sqlite::Connection moved(Generations(volume_.UserFolder(accounts_.Get("ada").folder)).link(),
                           sqlite::OpenMode::kReadOnly);
  EXPECT_FALSE(HasTable(moved, "half_done"));
  EXPECT_TRUE(HasTable(moved, "notes"));
  EXPECT_EQ(ReadFile(kept, kBytesMax), file_before);
  EXPECT_EQ(ReadFile(journal, kBytesMax), journal_before);
}

TEST_F(MovingIn, RefusesAUserOfWhomNoPasswordIsKnown) {
  ForeignServer server = Read();
  server.users[0].password_hash.clear();
  EXPECT_EQ(move_in_.Examine(server)[0].standing, MoveIn::Standing::kRefused);
  accounts_.Add("ada", HashOfPythonServer("ada", std::string(80, 'b')));
  EXPECT_EQ(move_in_.Examine(server)[0].standing, MoveIn::Standing::kReady);
}

TEST_F(MovingIn, LeavesTheSourceAsItIsUnlessToldToMove) {
  move_in_.Import(move_in_.Examine(Read()), SourceFiles::kLeave, kNothing);
  EXPECT_FALSE(std::filesystem::exists(base_ / "ada" / "collection.anki2"));
  EXPECT_EQ(GenerationOf("ada"), 1);
}

TEST(OfficialHostkey, IsTheOneThatTheOfficialServerGives) {
  EXPECT_EQ(OfficialHostkey({"SYNC_USER1", "user", "pass"}),
            "b2619aa1529dfdc4248e6edbf3c1b2a2b014cf6d");
}

}  // namespace
}  // namespace ankisync
