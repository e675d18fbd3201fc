// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "common/storage/collection/schema.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// notes_cards_day.json, strip.json: notes as a chunk brings them and as they are stored.
namespace ankisync::sync {
namespace {

constexpr std::int64_t kNotetype = 1000;

// Derived and constant members hold junk: they are made here.
std::string NoteJson(std::int64_t id, std::int64_t notetype, const std::string& tags,
                     const std::string& fields) {
  return '[' + std::to_string(id) + ",\"g\"," + std::to_string(notetype) + ",100,10," +
         Quoted(tags) + ',' + Quoted(fields) + R"(,"junk","junk",9,"junk"])";
}

// What is done to the notetype before. A protobuf field that comes twice counts the last time, so
// the blob may be put behind one.
std::vector<std::string> Preparation(const std::string& note) {
  constexpr char kSortedBySecond[] = "UPDATE notetypes SET config = x'1001' || config";
  if (note == "sort index 1" || note == "sort field numeric") return {kSortedBySecond};
  if (note == "sort index out of range") {
    return {"UPDATE notetypes SET config = x'1005' || config"};
  }
  if (note.starts_with("notetype without fields")) return {"DELETE FROM fields"};
  if (note.starts_with("notetype with one field")) return {"DELETE FROM fields WHERE ord=1"};
  return {};
}

class Notes : public testing::Test {
 protected:
  const json::Document vectors = LoadVectors("notes_cards_day.json");
};

TEST_F(Notes, AreStoredAsTheReferenceDoes) {
  const auto cases = At(vectors.root(), "notes").items();
  ASSERT_EQ(cases.size(), 24U);
  for (const json::Value& c : cases) {
    const std::string note = TextAt(c, "note");
    SCOPED_TRACE(note);
    CollectionFile file;
    for (const std::string& sql : Preparation(note)) file.Run(sql);
    if (c.Find("existing_mtime")) {
      file.Run("INSERT INTO notes VALUES (7,'g',1000," +
               std::to_string(IntAt(c, "existing_mtime")) + ",10,'','old','old',0,0,'')");
    }
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start();
    const std::int64_t notetype = c.Find("mid")                ? IntAt(c, "mid")
                                  : note == "unknown notetype" ? 999
                                                               : kNotetype;
    const bool second_is_bad = note == "second note of a chunk has no notetype";
    const std::string sent =
        second_is_bad
            ? NoteJson(7, kNotetype, "", "F\x1F") + ',' + NoteJson(8, 999, "", "F\x1F")
            : NoteJson(7, notetype, c.Find("tags") ? TextAt(c, "tags") : "", TextAt(c, "flds"));
    const auto status = IntAt(c, "status");
    EXPECT_EQ(device.ApplyChunk("{\"notes\":[" + sent + "]}").status, status);
    if (status != 200) {
      EXPECT_EQ(device.Call("chunk").status, 409);
      EXPECT_TRUE(server.Rows("ada", "SELECT id FROM notes").empty());
      continue;
    }
    device.Finish();
    const json::Value* stored = c.Find("stored");
    if (!stored) {  // an older edit, which is dropped before anything else is asked
      EXPECT_EQ(server.Rows("ada", "SELECT json_quote(flds) FROM notes"),
                std::vector<std::string>{"\"old\""});
      continue;
    }
    EXPECT_EQ(server.Rows("ada",
                          "SELECT json_object('tags', tags, 'flds', flds, 'sfld', CAST(sfld AS "
                          "TEXT), 'sfld_type', typeof(sfld), 'csum', csum, 'flags', flags, 'data', "
                          "data) FROM notes"),
              std::vector<std::string>{Canonical(*stored)});
    EXPECT_EQ(server.Rows("ada", "SELECT count(*) FROM tags"),
              std::vector<std::string>{Canonical(At(c, "tags_table"))});
  }
}

TEST_F(Notes, HaveASortFieldOfTheTypeThatTheReferenceStores) {
  const auto strip = LoadVectors("strip.json");
  const auto cases = At(strip.root(), "cases").items();
  ASSERT_EQ(cases.size(), 696U);
  SyncServer server;
  server.Install("ada", CollectionFile::Base());
  Device device(server);
  std::string sent;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    sent += (i ? "," : "") + NoteJson(static_cast<std::int64_t>(i), kNotetype, "",
                                      std::string(cases[i].items()[0].text()) + '\x1F');
  }
  device.Start();
  EXPECT_EQ(device.ApplyChunk("{\"notes\":[" + sent + "]}").status, 200);
  device.Finish();

  sqlite::Connection db(server.FolderOf("ada") / "collection.anki2", sqlite::OpenMode::kReadWrite);
  AddUnicase(db);
  sqlite::Cursor row = db.Query("SELECT flds, csum, typeof(sfld), sfld FROM notes ORDER BY id");
  for (const json::Value& c : cases) {
    ASSERT_TRUE(row.Next());
    const auto expected = c.items();
    SCOPED_TRACE(expected[0].text());
    EXPECT_EQ(row.Text(0), std::string(expected[1].text()) + '\x1F');
    EXPECT_EQ(std::to_string(row.Int(1)), expected[3].text());
    EXPECT_EQ(row.Text(2), expected[4].text());
    if (expected[4].text() == "real") {
      EXPECT_EQ(row.Real(3), std::strtod(std::string(expected[5].text()).c_str(), nullptr));
    } else {
      EXPECT_EQ(row.Text(3), expected[5].text());
    }
  }
  EXPECT_FALSE(row.Next());
}

// The reference drops unknown keys, and with them what a newer client put there; we keep them.
const std::map<std::string, std::string> kCardDataDepartures{
    {R"({"unknown":1})", R"({"unknown":1})"},
    {R"({"pos":1,"unknown":{"a":1},"cd":"c"})", R"({"pos":1,"cd":"c","unknown":{"a":1}})"},
};

TEST_F(Notes, AndTheDataOfCardsIsNormalisedWhenItComesAndWhenItGoes) {
  const auto cases = At(vectors.root(), "card_data").items();
  ASSERT_EQ(cases.size(), 80U);
  CollectionFile file;
  std::string sent;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string data(cases[i].items()[0].text());
    const std::string id = std::to_string(i + 1000);
    // The same text in a row that was uploaded.
    file.Run("INSERT INTO cards VALUES (" + std::to_string(i) +
                 ",5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,?)",
             {data});
    sent += (i ? ",[" : "[") + id + ",5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0," + Quoted(data) + ']';
  }
  SyncServer server;
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start(10);
  const auto chunk = json::Document::Parse(device.Call("chunk").text);
  std::map<std::string, std::string> emitted;
  for (const json::Value& card : At(chunk.root(), "cards").items()) {
    emitted[std::string(card.items()[0].text())] = card.items()[17].text();
  }
  EXPECT_EQ(device.ApplyChunk("{\"cards\":[" + sent + "]}").status, 200);
  device.Finish();
  const auto stored =
      server.Rows("ada", "SELECT json_quote(data) FROM cards WHERE id >= 1000 ORDER BY id");
  ASSERT_EQ(stored.size(), cases.size());

  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto c = cases[i].items();
    const auto departure = kCardDataDepartures.find(std::string(c[0].text()));
    const bool departs = departure != kCardDataDepartures.end();
    EXPECT_EQ(stored[i], Quoted(departs ? departure->second : std::string(c[1].text())));
    EXPECT_EQ(emitted[std::to_string(i)], departs ? departure->second : c[2].text());
  }
}

}  // namespace
}  // namespace ankisync::sync
