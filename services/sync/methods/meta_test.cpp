// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <set>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// protocol.json: meta.
namespace ankisync::sync {
namespace {

constexpr char kOlderThanAnki[] =
    "This sync server is older than your Anki and must be updated first.";

// Departure: a client from the future is told that it is us who are too old; the reference's 501
// tells it to update itself.
const std::set<std::string> kFromTheFuture{"v = 12", "v = 255"};

TEST(Meta, AnswersAsTheReferenceDoes) {
  const auto vectors = LoadVectors("protocol.json");
  const auto cases = At(vectors.root(), "meta").items();
  ASSERT_EQ(cases.size(), 130U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    SyncServer server;
    server.Install("ada", CollectionFile().RunAll(At(c, "collection")).bytes());
    const Answer answer = Device(server).Call("meta", Canonical(At(c, "request")));
    if (kFromTheFuture.contains(TextAt(c, "note"))) {
      EXPECT_EQ(answer.status, 200);
      const auto meta = json::Document::Parse(answer.text);
      EXPECT_FALSE(At(meta.root(), "cont").boolean());
      EXPECT_EQ(TextAt(meta.root(), "msg"), kOlderThanAnki);
      continue;
    }
    EXPECT_EQ(answer.status, IntAt(c, "status"));
    if (answer.status != 200) continue;
    EXPECT_EQ(Canonical(answer.text), Canonical(At(c, "answer"), {{"NOW_S", "1795500000"}}));
  }
}

class MetaOf : public testing::Test {
 protected:
  SyncServer server;
  Device device{server};
};

TEST_F(MetaOf, ANewUserSaysThatNothingWasEverChanged) {
  const std::string now = std::to_string(Raw(SyncServer::kNow));
  const std::string expected = R"({"cont":true,"empty":true,"hostNum":0,"media_usn":0,"mod":0,)"
                               R"("msg":"","scm":)" +
                               now + R"(,"ts":1795500000,"usn":0})";
  EXPECT_EQ(Canonical(device.Meta().text), expected);
}

TEST_F(MetaOf, AnAccountOnHoldTellsTheSentenceAndLetsTheCollectionGo) {
  server.Install("ada", CollectionFile::Base());
  device.Start();
  server.Hold("ada", "Your account is being moved.");
  const auto meta = json::Document::Parse(device.Meta().text);
  EXPECT_FALSE(At(meta.root(), "cont").boolean());
  EXPECT_EQ(TextAt(meta.root(), "msg"), "Your account is being moved.");
  EXPECT_EQ(device.Call("chunk").status, 503);
  // Whoever asked for the hold gets the lock.
  EXPECT_TRUE(FileLock::Acquire(server.FolderOf("ada") / "lock"));
}

TEST_F(MetaOf, ASessionInProgressTellsWhatWasCommittedAndDisturbsNobody) {
  server.Install("ada", CollectionFile::Base());
  Device phone(server, "ada", 2);
  device.Start();
  device.ApplyChunk(R"({"cards":[[7,5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,""]]})");
  const auto before = json::Document::Parse(phone.Meta().text);
  EXPECT_TRUE(At(before.root(), "empty").boolean());
  EXPECT_EQ(IntAt(before.root(), "usn"), 10);
  EXPECT_EQ(device.Finish().status, 200);
  const auto after = json::Document::Parse(phone.Meta().text);
  EXPECT_FALSE(At(after.root(), "empty").boolean());
  EXPECT_EQ(IntAt(after.root(), "usn"), 11);
  EXPECT_EQ(IntAt(after.root(), "mod"), Raw(SyncServer::kNow));
}

}  // namespace
}  // namespace ankisync::sync
