// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "common/storage/collection/state_db.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// protocol.json: sanity.
namespace ankisync::sync {
namespace {

constexpr char kCountsOfBase[] = R"({"client":[[0,0,0],0,0,0,0,1,1,1]})";

TEST(SanityCheck, AnswersAsTheReferenceDoes) {
  const auto vectors = LoadVectors("protocol.json");
  const auto cases = At(vectors.root(), "sanity").items();
  ASSERT_EQ(cases.size(), 27U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    SyncServer server;
    server.Install("ada", CollectionFile().RunAll(At(c, "collection")).bytes());
    Device device(server);
    device.Start(10);
    const Answer answer = device.Call("sanityCheck2", Canonical(At(c, "request")));
    EXPECT_EQ(answer.status, IntAt(c, "status"));
    int next_chunk = static_cast<int>(IntAt(c, "next_chunk_status"));
    if (answer.status == 200) {
      const auto verdict = json::Document::Parse(answer.text);
      // Departure: after "bad" the session is over, as it has to be; the reference goes on with
      // half of one.
      if (TextAt(verdict.root(), "status") == "bad") next_chunk = 409;
      EXPECT_EQ(Canonical(answer.text), Canonical(At(c, "answer")));
    }
    EXPECT_EQ(device.Call("chunk").status, next_chunk);
  }
}

class Counts : public testing::Test {
 protected:
  Counts() { server.Install("ada", CollectionFile::Base()); }

  static std::string StatusIn(const Answer& answer) {
    return TextAt(json::Document::Parse(answer.text).root(), "status");
  }

  SyncServer server;
  Device device{server};
};

TEST_F(Counts, ThatDifferUndoTheWholeSession) {
  device.Start();
  device.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})");
  EXPECT_EQ(StatusIn(device.Call("sanityCheck2", kCountsOfBase)), "bad");
  EXPECT_EQ(device.Finish().status, 409);
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(mod, usn) FROM col"),
            std::vector<std::string>{"[1700000000000,10]"});
  EXPECT_TRUE(server.Rows("ada", "SELECT id FROM revlog").empty());
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kSanityFailed);
  EXPECT_EQ(server.events().back().reason, "sanity check: revlog 0 there, 1 here");
  EXPECT_EQ(server.forced(), std::vector{OneWayReason::kSanityCheck});
}

TEST_F(Counts, FollowEveryObjectThatComesAndGoes) {
  device.Start();
  device.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1],[1,5,10,1,1,1,1,1,1]],)"
                    R"("cards":[[7,5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,""],)"
                    R"([8,5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,""]],)"
                    R"("notes":[[5,"g",1000,1,10,"","F\u001f","","",0,""]]})");
  device.Call("applyGraves", R"({"chunk":{"cards":[7,9],"decks":[],"notes":[]}})");
  EXPECT_EQ(StatusIn(device.Call("sanityCheck2", R"({"client":[[0,0,0],1,1,1,0,1,1,1]})")), "ok");
}

// A wrong "bad" would cost the person a full sync.
TEST_F(Counts, ThatWereRememberedWronglyAreTakenAgainBeforeAnybodyIsToldBad) {
  StateDb(server.FolderOf("ada"))
      .Remember({.generation = 1, .mod = UnixMillis{1'700'000'000'000}, .usn = Usn{10}},
                {.cards = 99});
  device.Start();
  EXPECT_EQ(StatusIn(device.Call("sanityCheck2", kCountsOfBase)), "ok");
}

// The server was put back to an older state: what the device has from the syncs in between would
// never come here, and nobody would see it.
TEST_F(Counts, OfAClientThatKnowsOfLaterSyncsAreNeverGoodEnough) {
  device.Start(12);
  EXPECT_EQ(StatusIn(device.Call("sanityCheck2", kCountsOfBase)), "bad");
}

}  // namespace
}  // namespace ankisync::sync
