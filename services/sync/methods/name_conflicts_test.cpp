// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "common/storage/collection/proto/notetype_json.h"
#include "services/sync/testing/collection_file.h"
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

}  // namespace
}  // namespace ankisync::sync
