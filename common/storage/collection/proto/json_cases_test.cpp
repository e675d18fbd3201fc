// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "common/core/error.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/proto/vectors.h"

// json_cases.json: whole objects, JSON to stored and stored to JSON.
namespace ankisync {
namespace {

// Ours to accept: the unique indexes of fields and templates refuse these rows.
const std::set<std::string_view> kRefusedByTheTables = {
    "two fields, same name by case",
    "two fields, same name by folding",
    "two templates, same name by case",
};

// Where we send something else, and why.
struct Departure {
  std::string_view note;
  const char* path;
  const char* ours;  // JSON; null: nothing
};
constexpr Departure kDepartures[] = {
    // The reference's parser is a bit off the nearest double, and so loses one each time it sends.
    {"unknown keys, number forms", "foo/b/10", "123456789.12345679"},
    {"normal, unknown keys", "foo/b/10", "123456789.12345679"},
    {"filtered, unknown keys", "foo/b/10", "123456789.12345679"},
    {"unknown keys everywhere", "foo/b/10", "123456789.12345679"},
    // JSON has no infinity and no NaN; the reference's null makes clients refuse the object.
    {"seconds_to_show_answer nan", "secondsToShowAnswer", "0.0"},
    {"seconds_to_show_answer inf", "secondsToShowAnswer", "0.0"},
    {"filtered NaN delay", "delays", "null"},
    {"floats", "fsrsWeights", "[]"},
    {"floats", "fsrsParams5", "[]"},
    // Clients refuse a deck whose "md" is no bool.
    {"normal other has md, terms", "md", nullptr},
    // Without a description there is no markdown.
    {"filtered other reserved", "md", nullptr},
};

void Depart(Flat& out, std::string_view note) {
  for (const Departure& departure : kDepartures) {
    if (departure.note != note) continue;
    Replace(out, departure.path, nullptr);
    if (!departure.ours) continue;
    const auto ours = json::Document::Parse(departure.ours);
    Replace(out, departure.path, &ours.root());
  }
}

std::string_view TextIn(const json::Value& object, std::string_view key) {
  return object.Find(key)->text();
}

class JsonCases : public testing::Test {
 protected:
  const json::Document cases_ = LoadVectors("json_cases.json");
};

TEST_F(JsonCases, WholeObjectsAreStoredAsTheReferenceDoes) {
  const auto all = cases_.root().Find("to_stored")->items();
  ASSERT_EQ(all.size(), 136U);
  for (const json::Value& c : all) {
    const auto note = TextIn(c, "note");
    SCOPED_TRACE(note);
    const auto receive = [&c] { return Receive(TextIn(c, "type"), std::string(TextIn(c, "in"))); };
    if (TextIn(c, "status") == "400" && !kRefusedByTheTables.contains(note)) {
      EXPECT_THROW(receive(), SyncError);
      continue;
    }
    Converted ours;
    ASSERT_NO_THROW(ours = receive());
    if (kRefusedByTheTables.contains(note)) continue;
    EXPECT_EQ(Difference(Comparable(Flatten(*c.Find("stored"))), Comparable(ours.stored)), "");
    Flat expected = Flatten(*c.Find("out"));
    Depart(expected, note);
    EXPECT_EQ(Difference(expected, ours.out), "");
  }
}

template <typename Part>
void AddParts(const json::Value& parts, std::vector<Part>& rows) {
  for (const json::Value& part : parts.items()) {
    rows.push_back({std::string(part.items()[0].text()), FromHex(part.items()[1].text())});
  }
}

// Checks and converts a stored row of the vectors.
Converted Send(std::string_view type, const json::Value& stored) {
  const std::string name(TextIn(stored, "name"));
  constexpr UnixSeconds kMtime{5};
  constexpr Usn kUsn{10};
  const auto blob = [&stored](const char* column) { return FromHex(TextIn(stored, column)); };
  const auto checked = [](const auto& row) {
    CheckDecodes(row);
    return Convert(row);
  };
  if (type == "deck") {
    return checked(DeckRow{DeckId{3000}, name, kMtime, kUsn, blob("common"), blob("kind")});
  }
  if (type == "deck_config") {
    return checked(DeckConfigRow{DeckConfigId{4000}, name, kMtime, kUsn, blob("config")});
  }
  NotetypeRow row{NotetypeId{2000}, name, kMtime, kUsn, blob("config"), {}, {}};
  AddParts(*stored.Find("fields"), row.fields);
  AddParts(*stored.Find("templates"), row.templates);
  return checked(row);
}

TEST_F(JsonCases, StoredRowsAreSentAsTheReferenceDoes) {
  const auto all = cases_.root().Find("from_stored")->items();
  ASSERT_EQ(all.size(), 206U);
  for (const json::Value& c : all) {
    SCOPED_TRACE(TextIn(c, "note"));
    const auto send = [&c] { return Send(TextIn(c, "type"), *c.Find("stored")); };
    if (TextIn(c, "status") == "400") {
      EXPECT_THROW(send(), SyncError);
      continue;
    }
    Converted ours;
    ASSERT_NO_THROW(ours = send());
    Flat expected = Flatten(*c.Find("out"));
    Depart(expected, TextIn(c, "note"));
    EXPECT_EQ(Difference(expected, ours.out), "");
  }
}

}  // namespace
}  // namespace ankisync
