// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "common/storage/collection/proto/notetype_json.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/model_client.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// merge.json: decks and notetypes whose names meet.
namespace ankisync::sync {
namespace {

constexpr sqlite::Sql kDecks =
    "SELECT json_array(id, name, mtime_secs, usn) FROM decks WHERE id != 1 ORDER BY id";
constexpr sqlite::Sql kNotetypes =
    "SELECT json_array(id, name, mtime_secs, usn) FROM notetypes WHERE id != 1000 ORDER BY id";

ObjectJson ObjectIn(const json::Value& row) {
  const auto columns = row.items();
  return {std::stoll(std::string(columns[0].text())), std::string(columns[1].text()),
          std::stoll(std::string(columns[2].text())), std::stoi(std::string(columns[3].text()))};
}

void Put(CollectionFile& file, const ObjectJson& object, bool is_deck) {
  if (is_deck) {
    file.tables().decks.Put({.id = DeckId{object.id},
                             .name = object.name,  // native, as it is stored
                             .mtime = UnixSeconds{object.mtime},
                             .usn = Usn{object.usn},
                             .kind = std::string("\x0A\x02\x08\x01", 4)});
  } else {
    const auto json = json::Document::Parse(NotetypeJson(object));
    file.tables().notetypes.Put(ReadNotetype(json.root()));
  }
}

TEST(NameConflicts, EndWithTheNamesThatTheReferenceGives) {
  const auto vectors = LoadVectors("merge.json");
  const auto cases = At(vectors.root(), "name_conflicts").items();
  ASSERT_EQ(cases.size(), 26U);
  for (const json::Value& c : cases) {
    const bool is_deck = TextAt(c, "object") == "deck";
    SCOPED_TRACE(TextAt(c, "object") + ": " + TextAt(c, "note"));
    CollectionFile file;
    for (const json::Value& row : At(c, "existing").items()) Put(file, ObjectIn(row), is_deck);
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start();
    std::string sent;
    for (const json::Value& row : At(c, "incoming").items()) {
      sent += (sent.empty() ? "" : ",") +
              (is_deck ? DeckJson(ObjectIn(row)) : NotetypeJson(ObjectIn(row)));
    }
    const ChangesJson changes = is_deck ? ChangesJson{.decks = sent} : ChangesJson{.models = sent};
    EXPECT_EQ(device.ApplyChanges(Changes(changes)).status, IntAt(c, "status"));
    device.Finish();
    EXPECT_EQ(server.Rows("ada", is_deck ? kDecks : kNotetypes),
              CanonicalItems(At(c, "after"), {{"NOW", "1795500000"}}));
  }
}

// A client takes rows one by one. Were each there once, the first would meet the name that the
// second still has.
TEST(NameConflicts, AreAnsweredWithEveryRowTwiceFirstUnderANameThatNobodyHas) {
  CollectionFile file;
  Put(file, {20, "Foo", 50, 4}, true);
  Put(file, {21, "Bar", 50, 10}, true);
  SyncServer server;
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start();
  const auto answer = json::Document::Parse(
      device.ApplyChanges(Changes({.decks = DeckJson({30, "Foo", 100})})).text);
  std::vector<std::string> names;
  for (const json::Value& deck : At(answer.root(), "decks").items()[0].items()) {
    names.push_back(TextAt(deck, "name"));
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"sync 21", "sync 20", "sync 30", "Bar", "Foo", "Foo+"}));
}

TEST(NameConflicts, AreNoneForARowThatComesAlone) {
  CollectionFile file;
  Put(file, {21, "Bar", 50, 10}, true);
  SyncServer server;
  server.Install("ada", file.bytes());
  Device device(server);
  device.Start();
  const auto answer = json::Document::Parse(device.ApplyChanges().text);
  ASSERT_EQ(At(answer.root(), "decks").items()[0].items().size(), 1U);
  EXPECT_EQ(TextAt(At(answer.root(), "decks").items()[0].items()[0], "name"), "Bar");
}

// Without a bound, one message could keep a thread busy for hours.
TEST(NameConflicts, AreRefusedByTheHundred) {
  SyncServer server;
  server.Install("ada", CollectionFile::Base());
  Device device(server);
  device.Start();
  std::string decks;
  for (int id = 100; id < 300; ++id) decks += (id > 100 ? "," : "") + DeckJson({id, "Foo", 100});
  EXPECT_EQ(device.ApplyChanges(Changes({.decks = decks})).status, 400);
  EXPECT_EQ(device.Finish().status, 409);
}

// Devices that take a name at the same time, each with its own clock.
class Convergence : public testing::TestWithParam<ModelClient::Kind> {
 protected:
  Convergence() {
    CollectionFile file;
    file.Run("DELETE FROM notetypes").Run("DELETE FROM fields").Run("DELETE FROM templates");
    server.Install("ada", file.bytes());
  }

  void SyncAll() {
    for (int round = 0; round < 2; ++round) {
      for (ModelClient* client : {&a, &b, &c}) {
        server.clock().Advance(std::chrono::seconds(1));
        client->Sync();
      }
    }
  }

  ModelClient::Names OnTheServer() const {
    ModelClient::Names names;
    for (const std::string& row :
         server.Rows("ada", GetParam() == ModelClient::Kind::kDecks ? kDecks : kNotetypes)) {
      const auto columns = json::Document::Parse(row);
      names[std::stoll(std::string(columns.root().items()[0].text()))] =
          columns.root().items()[1].text();
    }
    return names;
  }

  // Deck 1, which every collection has, is no part of this.
  static ModelClient::Names Known(const ModelClient& client) {
    auto names = client.names();
    names.erase(1);
    return names;
  }

  void ExpectAgreement() {
    EXPECT_EQ(Known(a), OnTheServer());
    EXPECT_EQ(Known(b), OnTheServer());
    EXPECT_EQ(Known(c), OnTheServer());
  }

  SyncServer server;
  ModelClient a{server, GetParam(), 1};
  ModelClient b{server, GetParam(), 2, std::chrono::minutes(4)};
  ModelClient c{server, GetParam(), 3, -std::chrono::minutes(4)};
};

TEST_P(Convergence, OfTwoThatTookTheSameName) {
  a.Name(20, "Foo");
  b.Name(30, "Foo");
  SyncAll();
  ExpectAgreement();
  EXPECT_EQ(Known(a), (ModelClient::Names{{20, "Foo"}, {30, "Foo+"}}));
}

TEST_P(Convergence, OfOneWhoseClockIsAhead) {
  a.Name(20, "Foo");
  SyncAll();
  b.Name(30, "Bar");
  c.Name(40, "foo+");
  b.Name(20, "Baz");
  SyncAll();
  b.Name(20, "bar+");
  a.Name(40, "BAR");
  SyncAll();
  ExpectAgreement();
}

TEST_P(Convergence, OfOneThatSwappedTwoNames) {
  a.Name(20, "Foo");
  a.Name(30, "Bar");
  SyncAll();
  server.clock().Advance(std::chrono::seconds(1));
  b.Name(20, "between");
  b.Name(30, "Foo");
  b.Name(20, "Bar");
  SyncAll();
  ExpectAgreement();
}

// Whatever three people do: names from a short list, again and again.
TEST_P(Convergence, OfAnything) {
  const std::vector<std::string> kNames{"A", "a+", "B", "b+", "Stra\u00DFe", "STRASSE", "C"};
  std::uint64_t state = 7;
  const auto random = [&state](std::size_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33) % below;
  };
  for (int step = 0; step < 600; ++step) {
    server.clock().Advance(std::chrono::seconds(1 + random(3)));
    ModelClient& client = *std::array{&a, &b, &c}[random(3)];
    if (random(4) == 0) {
      client.Sync();
    } else {
      client.Name(static_cast<std::int64_t>(20 + random(6)), kNames[random(kNames.size())]);
    }
    if (step % 50 != 49) continue;
    SyncAll();
    ExpectAgreement();
    if (HasFailure()) FAIL() << "at step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Names, Convergence,
                         testing::Values(ModelClient::Kind::kDecks, ModelClient::Kind::kNotetypes),
                         [](const auto& test) { return NameOf(test.param); });

}  // namespace
}  // namespace ankisync::sync
