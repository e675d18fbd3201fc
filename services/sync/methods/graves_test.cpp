// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <map>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// merge.json: graves, inline in `start` and on their own.
namespace ankisync::sync {
namespace {

constexpr sqlite::Sql kGraves = "SELECT json_array(oid, type, usn) FROM graves ORDER BY type, oid";
constexpr sqlite::Sql kCards = "SELECT id FROM cards ORDER BY id";
constexpr sqlite::Sql kNotes = "SELECT id FROM notes ORDER BY id";
constexpr sqlite::Sql kDecks = "SELECT id FROM decks ORDER BY id";

// Where our status is another one. Ids as texts come from old clients: whether all of them are
// texts is nothing that we would have to ask. Objects as positional arrays are sent by no client.
const std::map<std::string, int> kDepartures{{"inline graves mixed", 200},
                                             {"inline: one list strings, one integers", 200},
                                             {"applyGraves, positional arrays", 400}};

TEST(Graves, AreAppliedAndToldAsTheReferenceDoes) {
  const auto vectors = LoadVectors("merge.json");
  const auto cases = At(vectors.root(), "graves").items();
  ASSERT_EQ(cases.size(), 21U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    // One case goes on where the others begin.
    const json::Value* before = c.Find("before");
    CollectionFile file;
    file.RunAll(before ? *before : At(cases[0], "before"));
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);

    const std::string mode = TextAt(c, "mode");
    const std::string sent = Canonical(At(c, "sent"));
    const auto departure = kDepartures.find(TextAt(c, "note"));
    const bool departs = departure != kDepartures.end();
    const auto status = departs ? departure->second : IntAt(c, "status");
    const Answer start = device.Call("start", R"({"minUsn":5,"lnewer":false,"graves":)" +
                                                  (mode == "start" ? sent : "null") + '}');
    if (mode == "start" && status != 200) {
      EXPECT_EQ(start.status, status);
      EXPECT_EQ(device.Call("chunk").status, 409);
      continue;
    }
    if (const json::Value* told = departs ? nullptr : c.Find("start_answer")) {
      EXPECT_EQ(Canonical(start.text), Canonical(*told));
    }
    if (mode == "apply") {
      EXPECT_EQ(device.Call("applyGraves", sent).status, status);
    }
    if (mode == "applyChunk") {
      EXPECT_EQ(device.ApplyChunk(sent).status, status);
    }
    // A request that could not be read leaves the session as it was.
    ASSERT_EQ(device.Finish().status, 200);
    if (status != 200 || departs) continue;
    EXPECT_EQ(server.Rows("ada", kGraves), CanonicalItems(At(c, "graves")));
    EXPECT_EQ(server.Rows("ada", kCards), CanonicalItems(At(c, "cards")));
    if (const json::Value* notes = c.Find("notes")) {
      EXPECT_EQ(server.Rows("ada", kNotes), CanonicalItems(*notes));
      EXPECT_EQ(server.Rows("ada", kDecks), CanonicalItems(At(c, "decks")));
    }
  }
}

}  // namespace
}  // namespace ankisync::sync
