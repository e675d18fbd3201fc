// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <set>

#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// merge.json: which version of an object is kept.
namespace ankisync::sync {
namespace {

constexpr std::int64_t kId = 700;

json::Document LoadMerge() { return LoadVectors("merge.json"); }

template <typename Row, typename Read>
Row RowFrom(const std::string& text, Read read) {
  const auto document = json::Document::Parse(text);
  return read(document.root(), ZeroId::kRefused);
}

void PutDeck(CollectionFile& file, const ObjectJson& deck) {
  file.tables().decks.Put(RowFrom<DeckRow>(DeckJson(deck), ReadDeck));
}

void PutPreset(CollectionFile& file, const ObjectJson& preset) {
  file.tables().deck_configs.Put(RowFrom<DeckConfigRow>(PresetJson(preset), ReadDeckConfig));
}

void PutNotetype(CollectionFile& file, const ObjectJson& notetype) {
  file.tables().notetypes.Put(RowFrom<NotetypeRow>(NotetypeJson(notetype), ReadNotetype));
}

std::string CardJson(const ObjectJson& card) {
  return '[' + std::to_string(card.id) + ",5,1,0," + std::to_string(card.mtime) + ',' +
         std::to_string(card.usn) + ",0,0,1,1,2500,1,0,0,0,0,0," +
         Quoted("{\"cd\":\"" + card.name + "\"}") + ']';
}

void PutCard(CollectionFile& file, const ObjectJson& card) {
  file.tables().cards.Put({.id = CardId{card.id},
                           .mtime = UnixSeconds{card.mtime},
                           .usn = Usn{card.usn},
                           .data = "{\"cd\":\"" + card.name + "\"}"});
}

std::string NoteJson(const ObjectJson& note) {
  return '[' + std::to_string(note.id) + ",\"g\",1000," + std::to_string(note.mtime) + ',' +
         std::to_string(note.usn) + ",\"\"," + Quoted(note.name + "\x1F") + ",\"\",\"\",0,\"\"]";
}

void PutNote(CollectionFile& file, const ObjectJson& note) {
  const auto text = NoteTextOf(note.name + '\x1F', "", {.field_count = 2, .sort_field = 0});
  file.tables().notes.Put({.id = NoteId{note.id},
                           .notetype_id = NotetypeId{1000},
                           .mtime = UnixSeconds{note.mtime},
                           .usn = Usn{note.usn}},
                          *text);
}

// How one kind of object is stored beforehand, sent and read back as [name, mtime, usn].
struct Kind {
  std::string name;
  void (*put)(CollectionFile&, const ObjectJson&);
  Answer (*send)(Device&, const ObjectJson&);
  sqlite::Sql stored;
};

const Kind kKinds[] = {
    {"card", PutCard,
     [](Device& device, const ObjectJson& card) {
       return device.ApplyChunk("{\"cards\":[" + CardJson(card) + "]}");
     },
     "SELECT json_array(json_extract(data, '$.cd'), mod, usn) FROM cards WHERE id=700"},
    {"note", PutNote,
     [](Device& device, const ObjectJson& note) {
       return device.ApplyChunk("{\"notes\":[" + NoteJson(note) + "]}");
     },
     "SELECT json_array(sfld, mod, usn) FROM notes WHERE id=700"},
    {"notetype", PutNotetype,
     [](Device& device, const ObjectJson& notetype) {
       return device.ApplyChanges(Changes({.models = NotetypeJson(notetype)}));
     },
     "SELECT json_array(name, mtime_secs, usn) FROM notetypes WHERE id=700"},
    {"deck", PutDeck,
     [](Device& device, const ObjectJson& deck) {
       return device.ApplyChanges(Changes({.decks = DeckJson(deck)}));
     },
     "SELECT json_array(name, mtime_secs, usn) FROM decks WHERE id=700"},
    {"deck_config", PutPreset,
     [](Device& device, const ObjectJson& preset) {
       return device.ApplyChanges(Changes({.presets = PresetJson(preset)}));
     },
     "SELECT json_array(name, mtime_secs, usn) FROM deck_config WHERE id=700"},
};

const Kind& KindOf(const std::string& name) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return kind;
  }
  throw std::runtime_error("no kind " + name);
}

TEST(Merge, KeepsTheVersionThatTheReferenceKeeps) {
  const auto vectors = LoadMerge();
  const auto cases = At(vectors.root(), "merge").items();
  ASSERT_EQ(cases.size(), 204U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(Canonical(c));
    const Kind& kind = KindOf(TextAt(c, "object"));
    ASSERT_EQ(IntAt(c, "server_usn"), 10);
    CollectionFile file;
    kind.put(file, {kId, "existing", IntAt(c, "existing_mtime"),
                    static_cast<int>(IntAt(c, "existing_usn"))});
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(static_cast<int>(IntAt(c, "client_usn")));
    EXPECT_EQ(kind.send(device, {kId, "incoming", IntAt(c, "incoming_mtime"),
                                 static_cast<int>(IntAt(c, "incoming_usn"))})
                  .status,
              200);
    device.Finish();

    const std::string winner = TextAt(c, "winner");
    // Departure: on everything that is applied we store the server's usn, not the client's word.
    const std::int64_t usn = winner == "incoming" ? 10 : IntAt(c, "stored_usn");
    EXPECT_EQ(
        server.Rows("ada", kind.stored),
        std::vector<std::string>{"[\"" + winner + "\"," + std::to_string(IntAt(c, "stored_mtime")) +
                                 ',' + std::to_string(usn) + ']'});
  }
}

TEST(Merge, AReviewIsAddedOnceAndNeverChanged) {
  const auto vectors = LoadMerge();
  const json::Value& c = At(vectors.root(), "revlog");
  CollectionFile file;
  for (const std::string& row : CanonicalItems(At(c, "before"))) {
    file.Run("INSERT INTO revlog VALUES (" + row.substr(1, row.size() - 2) + ')');
  }
  SyncServer server;
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start(static_cast<int>(IntAt(c, "client_usn")));
  device.ApplyChunk("{\"revlog\":" + Canonical(At(c, "sent")) + '}');
  device.Finish();
  auto expected = CanonicalItems(At(c, "after"));
  EXPECT_EQ(expected.at(1), "[8,9,4,2,2,2,2,2,2]");
  expected.at(1) = "[8,9,10,2,2,2,2,2,2]";  // departure: the server's usn
  EXPECT_EQ(server.Rows("ada",
                        "SELECT json_array(id,cid,usn,ease,ivl,lastIvl,factor,time,type) FROM "
                        "revlog ORDER BY id"),
            expected);
}

std::vector<std::string> FieldsOf(const std::string& note, std::int64_t count) {
  if (note == "other names, same counts") return {"Q", "Front"};
  std::vector<std::string> fields{"Front", "Back", "Third"};
  fields.resize(static_cast<std::size_t>(count));
  return fields;
}

TEST(Merge, ANotetypeOfAnotherShapeEndsTheSession) {
  const auto vectors = LoadMerge();
  const auto cases = At(vectors.root(), "notetype_shape").items();
  ASSERT_EQ(cases.size(), 8U);
  for (const json::Value& c : cases) {
    const std::string note = TextAt(c, "note");
    SCOPED_TRACE(note);
    CollectionFile file;
    file.Run("UPDATE notetypes SET mtime_secs=" +
             std::to_string(IntAt(At(c, "existing"), "mtime")));
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start();
    const json::Value& incoming = At(c, "incoming");
    const Answer answer = device.ApplyChanges(
        Changes({.models = NotetypeJson({1000, "N", IntAt(incoming, "mtime")},
                                        FieldsOf(note, IntAt(incoming, "fields")),
                                        static_cast<int>(IntAt(incoming, "templates")))}));
    EXPECT_EQ(answer.status, IntAt(c, "status"));
    const int finish = device.Finish().status;
    if (answer.status != 200) {
      EXPECT_EQ(finish, IntAt(c, "finish_status"));
      continue;
    }
    const json::Value& after = At(c, "after");
    EXPECT_EQ(server.Rows("ada", "SELECT json_quote(name) FROM notetypes"),
              std::vector<std::string>{Quoted(TextAt(after, "name"))});
    EXPECT_EQ(server.Rows("ada", "SELECT json_quote(name) FROM fields ORDER BY ord"),
              CanonicalItems(At(after, "fields")));
  }
}

// Two devices that edited the same objects, A first. What the devices keep is their own rule; here
// it is what the server holds after both.
TEST(Merge, OfTwoDevicesTheServerKeepsWhatTheReferenceKeeps) {
  const auto vectors = LoadMerge();
  const auto cases = At(vectors.root(), "two_devices").items();
  ASSERT_EQ(cases.size(), 3U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    const std::string note = TextAt(c, "note");
    for (const Kind& kind : kKinds) {
      SCOPED_TRACE(kind.name);
      CollectionFile file;
      kind.put(file, {kId, "original", 50, 3});
      SyncServer server;
      server.Install("ada", file.bytes());
      Device a(server, "ada", 1);
      Device b(server, "ada", 2);
      b.skey = "b";
      const std::int64_t a_mtime = note == "A newer" ? 200 : 100;
      const std::int64_t b_mtime = note == "B newer" ? 200 : 100;
      a.Start(10);
      kind.send(a, {kId, "A", a_mtime});
      a.Finish();
      b.Start(10);
      kind.send(b, {kId, "B", b_mtime});
      b.Finish();
      const std::string name = kind.name == "deck_config" ? "preset" : kind.name;
      const std::string kept = TextAt(At(At(c, "kept"), name), "server");
      EXPECT_EQ(server.Rows("ada", kind.stored).at(0).substr(0, 4), "[\"" + kept + '"');
    }
  }
}

// The objects in an answer to applyChanges, as [name, mtime].
std::vector<std::string> AnsweredObjects(const Answer& answer) {
  const auto changes = json::Document::Parse(answer.text);
  std::vector<std::string> objects;
  const auto decks = At(changes.root(), "decks").items();
  for (const json::Value* list : {&At(changes.root(), "models"), &decks[0], &decks[1]}) {
    for (const json::Value& object : list->items()) {
      objects.push_back('[' + Quoted(TextAt(object, "name")) + ',' +
                        std::to_string(IntAt(object, "mod")) + ']');
    }
  }
  return objects;
}

class AnsweredObject : public testing::TestWithParam<std::string> {
 protected:
  // What the answer holds when the client sends its version over ours.
  std::vector<std::string> AnswerTo(const ObjectJson& ours, const ObjectJson& theirs) {
    CollectionFile file;
    KindOf(GetParam()).put(file, ours);
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(10);
    return AnsweredObjects(KindOf(GetParam()).send(device, theirs));
  }
};

// Departure: the reference drops it without a word, and where ours did not change since the
// client's last sync (the client's clock is behind) the two differ for ever.
TEST_P(AnsweredObject, IsOursWhenTheClientsVersionLost) {
  const std::vector<std::string> ours{"[\"ours\",200]"};
  EXPECT_EQ(AnswerTo({kId, "ours", 200, 3}, {kId, "theirs", 100}), ours);
  EXPECT_EQ(AnswerTo({kId, "ours", 200, 10}, {kId, "theirs", 100}), ours);
}

// Departure: the reference sends what it had before, which the client takes for a newer version
// when both are of the same second: the two swap theirs.
TEST_P(AnsweredObject, IsNotTheOneThatTheClientHasJustReplaced) {
  EXPECT_TRUE(AnswerTo({kId, "ours", 100, 10}, {kId, "theirs", 100}).empty());
  EXPECT_TRUE(AnswerTo({kId, "ours", 100, 10}, {kId, "theirs", 200}).empty());
}

INSTANTIATE_TEST_SUITE_P(OfAnyKind, AnsweredObject,
                         testing::Values("notetype", "deck", "deck_config"),
                         [](const auto& test) { return test.param; });

// json_cases.json: whole objects. What becomes of them is compared beside their mapping; here it is
// whether they come through at all, the tables' unique names included.
TEST(Merge, TakesTheObjectsThatTheReferenceTakes) {
  const auto vectors = LoadVectors("json_cases.json");
  const auto cases = At(vectors.root(), "to_stored").items();
  ASSERT_EQ(cases.size(), 136U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    SyncServer server;
    server.Install("ada", CollectionFile::Base());
    Device device(server);
    device.Start();
    const std::string type = TextAt(c, "type");
    ChangesJson changes;
    (type == "notetype" ? changes.models
     : type == "deck"   ? changes.decks
                        : changes.presets) = TextAt(c, "in");
    EXPECT_EQ(device.ApplyChanges(Changes(changes)).status, IntAt(c, "status"));
  }
}

}  // namespace
}  // namespace ankisync::sync
