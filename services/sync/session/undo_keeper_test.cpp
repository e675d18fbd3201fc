// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/undo_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <fstream>

#include "common/storage/snapshots/snapshot_folder.h"
#include "common/storage/snapshots/test_user.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"

namespace ankisync::sync {
namespace {

using std::chrono::minutes;

class Keeper : public testing::Test {
 protected:
  // What it did next: the numbers of notes in the snapshots it made, or "failed".
  std::string Next() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return !events_.empty(); });
    std::string event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  void Tell(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    told_.notify_one();
  }

  TestUser user_;
  ManualClock clock_{SyncServer::kNow};
  std::mutex mutex_;
  std::condition_variable told_;
  std::deque<std::string> events_;
  UndoKeeper keeper_{
      clock_,
      {},
      {.on_tended =
           [this](const std::string&, const UndoTended& tended) {
             std::string notes = "made";
             for (const Snapshot& snapshot : tended.made)
               notes += ' ' + std::to_string(snapshot.facts->counts.notes);
             Tell(notes);
           },
       .on_failure = [this](const std::string&, const std::string&) { Tell("failed"); }}};
};

TEST_F(Keeper, MakesASnapshotOfWhatWasReplaced) {
  user_.AddNote(1, 1);
  user_.Replace();
  keeper_.Ask(user_.folder.path(), UndoDue::kReplaced);
  EXPECT_EQ(Next(), "made 1");
  EXPECT_TRUE(user_.generations.Superseded().empty());
}

TEST_F(Keeper, TriesAgainWhatFailedAndLosesNothingMeanwhile) {
  user_.AddNote(1, 1);
  user_.Replace();
  std::ofstream(user_.folder / "snapshots") << "in the way";
  keeper_.Ask(user_.folder.path(), UndoDue::kReplaced);
  EXPECT_EQ(Next(), "failed");
  EXPECT_EQ(user_.generations.Superseded().size(), 1U);
  std::filesystem::remove(user_.folder / "snapshots");
  clock_.Advance(UndoKeeper::kRetry);
  keeper_.Retry();
  EXPECT_EQ(Next(), "made 1");
}

// When the server asks: once for each time.
class AskedFor : public testing::Test {
 protected:
  AskedFor() { server.Install("ada", CollectionFile::Base()); }

  void Review(int usn) {
    device.Start(usn);
    device.ApplyChunk("{\"revlog\":[[" + std::to_string(usn) + ",5,10,1,1,1,1,1,1]]}");
    EXPECT_EQ(device.Finish().status, 200);
  }
  void Tidy() {
    server.Settle("ada");
    server.collections().Tidy();
    server.Settle("ada");
  }

  int asked = 0;  // to look at changes
  int asked_for_replaced = 0;
  SyncServer server{
      {.open = {
           .collection = {.keep_undo = [this](const std::filesystem::path& folder, UndoDue due) {
             EXPECT_EQ(folder.filename(), "ada");
             ++(due == UndoDue::kReplaced ? asked_for_replaced : asked);
           }}}}};
  Device device{server};
};

TEST_F(AskedFor, WhenACollectionWasReplaced) {
  EXPECT_EQ(device.Upload(CollectionFile::Base()).text, "OK");
  EXPECT_EQ(asked_for_replaced, 1);
  EXPECT_TRUE(std::filesystem::exists(server.FolderOf("ada") / "gen-0001.anki2"));
  Tidy();
  EXPECT_EQ(asked, 0) << "the device is about to sync";
  server.clock().Advance(minutes(2));
  Tidy();
  EXPECT_EQ(asked, 1);
}

TEST_F(AskedFor, WhenAChangedOneIsClosed) {
  device.Meta();
  Review(10);
  Review(11);
  Tidy();
  EXPECT_EQ(asked, 0);
  server.clock().Advance(minutes(2));
  Tidy();
  EXPECT_EQ(asked, 1);
  device.Meta();
  server.clock().Advance(minutes(2));
  Tidy();
  EXPECT_EQ(asked, 1) << "nothing had changed";
}

TEST_F(AskedFor, EveryHourWhenItIsNeverClosed) {
  Review(10);
  for (int i = 0; i < 130; ++i) {
    server.clock().Advance(minutes(1));
    device.Meta();
    server.Settle("ada");
    if (i == 90) Review(11);
    Tidy();
  }
  EXPECT_EQ(asked, 1);
}

TEST_F(AskedFor, WhenAKilledProcessDidNotComeToIt) {
  server.Install("ada", CollectionFile::Base());
  device.Meta();
  EXPECT_EQ(asked_for_replaced, 1);
}

}  // namespace
}  // namespace ankisync::sync
