// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// protocol.json: what is handed out, and in which pieces.
namespace ankisync::sync {
namespace {

struct Rows {
  std::string table;
  std::int64_t first_id;
  std::string columns_behind_id;
};

const Rows kRows[] = {{"revlog", 1001, ",5,10,1,1,1,1,1,1"},
                      {"cards", 2001, ",5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,'{}'"},
                      {"notes", 5001, ",'g',1000,1,10,'','F\x1F','F',0,0,''"}};

void Add(CollectionFile& file, const Rows& rows, std::int64_t count) {
  file.Run("INSERT INTO " + rows.table + " SELECT value" + rows.columns_behind_id +
           " FROM (WITH RECURSIVE n(value) AS (SELECT " + std::to_string(rows.first_id) +
           " UNION ALL SELECT value+1 FROM n) SELECT value FROM n LIMIT " + std::to_string(count) +
           ')');
}

using Ids = std::map<std::string, std::vector<std::string>>;  // by table

// One answer: the ids in it, in their order.
Ids IdsIn(const json::Value& chunk) {
  Ids ids;
  for (const Rows& rows : kRows) {
    const json::Value* list = chunk.Find(rows.table);
    if (!list) continue;
    for (const json::Value& entry : list->items()) {
      ids[rows.table].emplace_back(entry.items()[0].text());
    }
  }
  return ids;
}

// Departure, all cases: the reference sends 250 objects a call, we send what a client can take at
// once, and say that it was all in the same answer. The order is the same: the newest first.
TEST(Chunk, HandsOutEverythingThatIsPendingAtOnce) {
  const auto vectors = LoadVectors("protocol.json");
  const auto cases = At(vectors.root(), "chunk").items();
  ASSERT_EQ(cases.size(), 38U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(Canonical(At(c, "pending")));
    CollectionFile file;
    Ids pending;
    for (const Rows& rows : kRows) {
      const std::int64_t count = IntAt(At(c, "pending"), rows.table);
      Add(file, rows, count);
      for (std::int64_t i = count; i-- > 0;) {
        pending[rows.table].push_back(std::to_string(rows.first_id + i));
      }
      if (count == 0) continue;
      const auto reference = At(At(c, "first_and_last_ids_of_first_chunk"), rows.table).items();
      EXPECT_EQ(pending[rows.table].front(), reference[0].text());
    }
    std::erase_if(pending, [](const auto& ids) { return ids.second.empty(); });

    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(10);
    const auto chunk = json::Document::Parse(device.Call("chunk").text);
    EXPECT_TRUE(At(chunk.root(), "done").boolean());
    EXPECT_EQ(IdsIn(chunk.root()), pending);
    EXPECT_EQ(chunk.root().members().size(), pending.size() + 1) << "an empty list is left out";
    EXPECT_EQ(Canonical(device.Call("chunk").text), Canonical(At(c, "call_after_done")));
  }
}

TEST(Chunk, IsCutWhereABoundOfBytesIsReached) {
  CollectionFile file;
  Ids pending;
  for (const Rows& rows : kRows) {
    Add(file, rows, 100);
    for (int i = 100; i-- > 0;) pending[rows.table].push_back(std::to_string(rows.first_id + i));
  }
  SyncServer server({.methods = {.chunk_bytes = 1000}});
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start(10);
  Ids sent;
  int calls = 0;
  for (bool done = false; !done; ++calls) {
    ASSERT_LT(calls, 100);
    const std::string text = device.Call("chunk").text;
    EXPECT_LT(text.size(), 1200U);
    const auto chunk = json::Document::Parse(text);
    for (auto& [table, ids] : IdsIn(chunk.root())) {
      sent[table].insert(sent[table].end(), ids.begin(), ids.end());
    }
    done = At(chunk.root(), "done").boolean();
  }
  EXPECT_EQ(sent, pending);
  EXPECT_GT(calls, 10);
}

TEST(Chunk, HoldsWhatChangedSinceTheClientsLastSync) {
  const auto vectors = LoadVectors("protocol.json");
  const json::Value& usns = At(At(vectors.root(), "chunk_selection"), "revlog_usns_by_id");
  for (const char* name : {"chunk_selection", "chunk_selection_min_usn_minus_1"}) {
    const json::Value& c = At(vectors.root(), name);
    CollectionFile file;
    for (const json::Member& usn : usns.members()) {
      file.Run("INSERT INTO revlog VALUES (" + std::string(usn.key) + ",5," +
               std::string(usn.value.text()) + ",1,1,1,1,1,1)");
    }
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(static_cast<int>(IntAt(c, "min_usn")));
    EXPECT_EQ(Canonical(device.Call("chunk").text), Canonical(At(c, "answer")));
  }
}

// panics[0]: here the reference stops serving anybody.
TEST(Chunk, PassesOverWhatWasDeletedInTheMeantime) {
  CollectionFile file;
  Add(file, kRows[1], 2);
  SyncServer server({.methods = {.chunk_bytes = 1}});
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start(10);
  device.Call("chunk");
  EXPECT_EQ(
      device.Call("applyGraves", R"({"chunk":{"cards":[2001,2002],"decks":[],"notes":[]}})").status,
      200);
  EXPECT_EQ(device.Call("chunk").text, R"({"cards":[],"done":true})");
}

TEST(Chunk, DoesNotGiveBackWhatTheClientSent) {
  SyncServer server;
  server.Install("ada", CollectionFile::Base());
  Device device(server);
  device.Start(10);
  device.Call("chunk");
  device.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})");
  EXPECT_EQ(device.Call("chunk").text, "{\"done\":true}");
}

}  // namespace
}  // namespace ankisync::sync
