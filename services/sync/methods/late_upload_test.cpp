// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <future>

#include "common/core/error.h"
#include "common/storage/volume/file_lock.h"
#include "services/sync/methods/upload.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// An upload whose check takes longer than a client waits.
namespace ankisync::sync {
namespace {

constexpr char kOneCard[] = "insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')";
constexpr std::chrono::seconds kLimit{20};

// A check that begins the real one when it is told to.
class Gate {
 public:
  UploadCheck check() {
    return [this](const auto& file, UnixMillis now, const std::function<bool()>& over) {
      entered_.set_value();
      while (opened_.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
        if (over()) throw SyncError(ErrorKind::kUnavailable, "interrupted");
      }
      return CheckUpload(file, now, over);
    };
  }
  void WaitUntilEntered() { entered_.get_future().wait(); }
  void Open() { opener_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> opener_;
  std::shared_future<void> opened_ = opener_.get_future().share();
};

class LateUpload : public testing::Test {
 protected:
  LateUpload() {
    server.Install("ada", CollectionFile().Run("UPDATE col SET mod=1").bytes());
    phone.skey = "p";
  }

  // Answered although its check waits at the gate.
  std::string UploadLate(const std::string& file) {
    auto answer = std::async(std::launch::async, [&] { return laptop.Upload(file).text; });
    gate.WaitUntilEntered();
    server.clock().Advance(kLimit);
    server.methods().AnswerLateUploads();
    return answer.get();
  }

  // Waits until the verdict was spoken.
  void Finish() {
    gate.Open();
    AwaitEnd();
  }
  void AwaitEnd() {
    while (server.methods().IsCheckingUploads()) std::this_thread::yield();
    server.Settle("ada");
  }

  // What `meta` says: whether to go on, and why not.
  std::string Objection(Device& device) {
    const auto meta = json::Document::Parse(device.Meta().text);
    EXPECT_NE(At(meta.root(), "cont").boolean(), !TextAt(meta.root(), "msg").empty());
    return TextAt(meta.root(), "msg");
  }

  std::string Mod() { return server.Rows("ada", "SELECT mod FROM col").at(0); }

  Gate gate;
  SyncServer server{{.methods = {.upload_check = kLimit, .check = gate.check()}}};
  Device laptop{server, "ada", 1};
  Device phone{server, "ada", 2};
  const std::string good = CollectionFile().Run(kOneCard).Run("UPDATE col SET mod=77").bytes();
};

TEST_F(LateUpload, IsAnsweredAndComesIntoForceWhenItsCheckIsDone) {
  EXPECT_EQ(UploadLate(good), kUploadStillChecked);
  EXPECT_EQ(Mod(), "1");
  EXPECT_TRUE(server.events().empty()) << "the attempt is not over";
  Finish();
  EXPECT_EQ(Mod(), "77");
  ASSERT_EQ(server.events().size(), 1U);
  EXPECT_EQ(server.events()[0].outcome, SyncOutcome::kOk);
  // The uploader finds its own modification time, and has nothing to do.
  const auto meta = json::Document::Parse(laptop.Meta().text);
  EXPECT_TRUE(At(meta.root(), "cont").boolean());
  EXPECT_EQ(IntAt(meta.root(), "mod"), 77);
  EXPECT_EQ(laptop.Start().status, 200);
}

TEST_F(LateUpload, IsToldToWhoeverAsksMeanwhileAndNobodyBeginsAnything) {
  UploadLate(good);
  for (Device* device : {&laptop, &phone}) {
    EXPECT_EQ(Objection(*device), kUploadStillChecked);
    EXPECT_EQ(device->Start().status, 503);
    EXPECT_EQ(device->Call("download").status, 503);
    EXPECT_EQ(device->Upload(good).status, 503);
    EXPECT_EQ(device->Call("chunk").status, 409);
    EXPECT_EQ(device->Call("abort").status, 200);
  }
  Finish();
  EXPECT_EQ(Objection(phone), "");
  EXPECT_EQ(phone.Start().status, 200);
}

TEST_F(LateUpload, ThatIsRefusedIsToldOnceToItsDevice) {
  const std::string before = Mod();
  EXPECT_EQ(UploadLate("fake data"), kUploadStillChecked);
  Finish();
  EXPECT_EQ(Mod(), before);
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kRefused);
  EXPECT_TRUE(std::filesystem::exists(server.FolderOf("ada") / "refused-upload.anki2"));
  EXPECT_EQ(Objection(phone), "");
  EXPECT_EQ(Objection(laptop), kUploadCorrupt);
  EXPECT_EQ(Objection(laptop), "");
}

TEST_F(LateUpload, ThatWasRefusedIsToldAfterTheCollectionWasClosed) {
  UploadLate("fake data");
  Finish();
  server.clock().Advance(std::chrono::hours(1));
  server.collections().Tidy();
  server.Settle("ada");
  EXPECT_EQ(server.collections().size(), 0U);
  EXPECT_EQ(Objection(laptop), kUploadCorrupt);
}

TEST_F(LateUpload, KeepsTheCollectionOpenHoweverLongItTakes) {
  UploadLate(good);
  server.clock().Advance(std::chrono::hours(1));
  server.collections().Tidy();
  server.Settle("ada");
  EXPECT_EQ(server.collections().size(), 1U);
  Finish();
  EXPECT_EQ(Mod(), "77");
}

TEST_F(LateUpload, GoesWhenTheAccountIsPutOnHold) {
  UploadLate(good);
  server.Hold("ada", "Your account is being moved.");
  EXPECT_EQ(Objection(phone), "Your account is being moved.");
  AwaitEnd();
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kError);
  // Whoever asked for the hold gets the lock, and no file of ours comes in his way.
  EXPECT_TRUE(FileLock::Acquire(server.FolderOf("ada") / "lock"));
  EXPECT_FALSE(std::filesystem::exists(server.FolderOf("ada") / "collection.new"));
  EXPECT_EQ(Mod(), "1");
}

TEST_F(LateUpload, IsGivenUpByAServerThatStops) {
  UploadLate(good);
  server.methods().GiveUpUploads();
  AwaitEnd();
  EXPECT_EQ(Mod(), "1");
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kError);
}

TEST_F(LateUpload, ThatIsDoneInTimeIsAnsweredWithItsVerdict) {
  auto answer = std::async(std::launch::async, [&] { return laptop.Upload(good).text; });
  gate.WaitUntilEntered();
  server.clock().Advance(kLimit - std::chrono::milliseconds(1));
  server.methods().AnswerLateUploads();
  gate.Open();
  EXPECT_EQ(answer.get(), "OK");
  EXPECT_EQ(Mod(), "77");
}

}  // namespace
}  // namespace ankisync::sync
