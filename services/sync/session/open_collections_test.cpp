// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/open_collections.h"

#include <gtest/gtest.h>

#include <future>

#include "common/core/error.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"

namespace ankisync::sync {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kCollectionIdle{60};
constexpr minutes kSessionIdle{5};

class TidyTest : public testing::Test {
 protected:
  TidyTest() {
    server.Install("ada", CollectionFile::Base());
    phone.skey = "p";
  }

  // Tidies, and waits until it is done for these users.
  void Tidy(const std::vector<std::string>& users = {"ada"},
            const std::function<bool(AccountId)>& is_held = {}) {
    for (const std::string& user : users) server.Settle(user);
    server.collections().Tidy(is_held);
    for (const std::string& user : users) server.Settle(user);
  }

  bool IsLocked(const std::string& user) const {
    return !FileLock::Acquire(server.FolderOf(user) / "lock");
  }

  SyncServer server{
      {.open = {.open_max = 2, .session_idle = kSessionIdle, .collection_idle = kCollectionIdle}}};
  Device laptop{server, "ada", 1};
  Device phone{server, "ada", 2};
};

TEST_F(TidyTest, ACollectionThatNobodyUsesIsClosedAndGivenBack) {
  laptop.Meta();
  server.clock().Advance(kCollectionIdle - seconds(1));
  Tidy();
  EXPECT_TRUE(IsLocked("ada"));
  server.clock().Advance(seconds(1));
  Tidy();
  EXPECT_FALSE(IsLocked("ada"));
  EXPECT_EQ(server.collections().size(), 0U);
  EXPECT_FALSE(std::filesystem::exists(server.FolderOf("ada") / "gen-0001.anki2-wal"));
  EXPECT_EQ(laptop.Meta().status, 200);
}

TEST_F(TidyTest, EveryOpeningIsTold) {
  int openings = 0;
  server.collections().WhenOpened([&openings](auto) { ++openings; });
  laptop.Meta();
  laptop.Meta();
  EXPECT_EQ(openings, 1);
  server.clock().Advance(kCollectionIdle);
  Tidy();
  laptop.Meta();
  EXPECT_EQ(openings, 2);
}

TEST_F(TidyTest, ACollectionThatNobodyUsesForAMomentRestsUntilItIsUsed) {
  const auto rested = [this] {  // so that it has nothing to give any more
    return !server.collections().Known(AccountId{1})->Rest();
  };
  laptop.Meta();
  Tidy();
  EXPECT_FALSE(rested());
  laptop.Meta();
  server.clock().Advance(seconds(3));
  Tidy();
  EXPECT_TRUE(rested());
  laptop.Meta();
  EXPECT_FALSE(rested());
}

TEST_F(TidyTest, ASessionThatNobodyCallsIsRolledBack) {
  laptop.Start();
  laptop.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})");
  server.clock().Advance(kSessionIdle - seconds(1));
  Tidy();
  EXPECT_EQ(laptop.Call("chunk").status, 200);  // and counts as a call
  server.clock().Advance(kSessionIdle - seconds(1));
  Tidy();
  EXPECT_EQ(server.collections().sessions(), 1);
  server.clock().Advance(seconds(1));
  Tidy();
  EXPECT_EQ(server.collections().sessions(), 0);
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kIdle);
  EXPECT_EQ(server.events().back().user, "ada");
  EXPECT_EQ(laptop.Finish().status, 409);
  EXPECT_TRUE(server.Rows("ada", "SELECT id FROM revlog").empty());
}

TEST_F(TidyTest, ACollectionOnHoldIsGivenBackWithoutARequest) {
  server.Install("bob", CollectionFile::Base());
  Device bob(server, "bob");
  laptop.Start();
  laptop.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})");
  bob.Meta();
  Tidy({"ada", "bob"}, [](AccountId account) { return account == AccountId{1}; });
  EXPECT_FALSE(IsLocked("ada"));
  EXPECT_TRUE(IsLocked("bob"));
  EXPECT_EQ(server.events().back().reason, "the account is on hold");
  EXPECT_EQ(laptop.Finish().status, 409);
  EXPECT_TRUE(server.Rows("ada", "SELECT id FROM revlog").empty());
}

// It decided on a merge by what the replaced collection had told it.
TEST_F(TidyTest, AnAttemptThatBeganBeforeARestoreDoesNotMergeIntoWhatWasRestored) {
  laptop.Meta();
  Tidy({"ada"}, [](AccountId) { return true; });
  server.Install("ada", CollectionFile::Base());
  EXPECT_EQ(laptop.Start().status, 409);
  laptop.Meta();
  EXPECT_EQ(laptop.Start().status, 200);
}

// A phone that looks every few minutes whether there is something new must not keep alive what the
// laptop left behind.
TEST_F(TidyTest, OtherDevicesQuestionsDoNotKeepASessionAlive) {
  laptop.Start();
  for (int i = 0; i < 6; ++i) {
    server.clock().Advance(minutes(1));
    phone.Meta();
    Tidy();
  }
  EXPECT_EQ(server.collections().sessions(), 0);
}

TEST_F(TidyTest, BeyondTheBoundTheLongestUnusedAreClosedButNoSession) {
  const std::vector<std::string> users{"ada", "bob", "cid", "dan"};
  std::vector<Device> devices;
  for (const std::string& user : users) {
    if (user != "ada") server.Install(user, CollectionFile::Base());
    devices.emplace_back(server, user);
    server.clock().Advance(seconds(1));
    user == "ada" ? devices.back().Start() : devices.back().Meta();
  }
  Tidy(users);
  EXPECT_TRUE(IsLocked("ada")) << "its session goes on";
  EXPECT_FALSE(IsLocked("bob"));
  EXPECT_TRUE(IsLocked("cid"));
  EXPECT_TRUE(IsLocked("dan"));
  EXPECT_EQ(devices[0].Finish().status, 200);
  EXPECT_EQ(devices[1].Meta().status, 200);
}

// Else the tasks of a second each would pile up behind a long upload, and its user be refused.
TEST_F(TidyTest, AUserWhoIsBeingServedIsLeftAlone) {
  laptop.Meta();
  server.Settle("ada");
  std::promise<void> go_on;
  const auto strand = server.StrandOf("ada");
  strand->Post([&go_on] { go_on.get_future().get(); });
  server.clock().Advance(minutes(10));
  for (int i = 0; i < 100; ++i) server.collections().Tidy();
  EXPECT_EQ(strand->waiting(), 1U);
  go_on.set_value();
  Tidy();
  EXPECT_FALSE(IsLocked("ada"));
}

TEST_F(TidyTest, AVolumeThatIsGoneIsAnErrorAndNothingElse) {
  const auto users = server.FolderOf("ada").parent_path();
  std::filesystem::rename(users, users.string() + " unmounted");
  Device bob(server, "bob");
  EXPECT_EQ(bob.Meta().status, 503);
  server.clock().Advance(minutes(10));
  Tidy({"bob"});
  std::filesystem::rename(users.string() + " unmounted", users);
  EXPECT_EQ(bob.Meta().status, 200);
}

TEST_F(TidyTest, ACollectionThatAnotherProcessHasIsNotOpened) {
  const auto lock = FileLock::Acquire(server.FolderOf("ada") / "lock");
  EXPECT_EQ(laptop.Meta().status, 503);
  EXPECT_EQ(laptop.Start().status, 503);
}

TEST_F(TidyTest, AStoppingServerKnowsWhetherASessionGoesOn) {
  EXPECT_FALSE(server.collections().SessionCalledWithin(seconds(2)));
  laptop.Start();
  EXPECT_TRUE(server.collections().SessionCalledWithin(seconds(2)));
  server.clock().Advance(seconds(2));
  phone.Call("chunk");  // another's call is not one
  EXPECT_FALSE(server.collections().SessionCalledWithin(seconds(2)));
  laptop.Call("chunk");
  EXPECT_TRUE(server.collections().SessionCalledWithin(seconds(2)));
  laptop.Finish();
  EXPECT_FALSE(server.collections().SessionCalledWithin(seconds(2)));
}

}  // namespace
}  // namespace ankisync::sync
