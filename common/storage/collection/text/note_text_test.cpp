// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/note_text.h"

#include <gtest/gtest.h>

#include <map>

#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

// The notetypes that the golden notes have; all others are of two fields.
NoteShape ShapeFor(const std::string& note) {
  static const std::map<std::string, NoteShape> kOthers{
      {"sort index 1", {2, 1}},
      {"sort index out of range", {2, 9}},
      {"sort field numeric", {2, 1}},
      {"notetype without fields: one field", {0, 0}},
      {"notetype without fields: two", {0, 0}},
      {"notetype without fields: empty", {0, 0}},
      {"notetype with one field, empty text", {1, 0}},
  };
  const auto found = kOthers.find(note);
  return found == kOthers.end() ? NoteShape{2, 0} : found->second;
}

// sfld as SQLite gives it back: these texts look like numbers, which is the storage's concern.
std::string AsStored(const std::string& sort_field) {
  return sort_field == "007.50" ? "7.5" : sort_field;
}

TEST(NoteText, IsStoredLikeTheReferenceStoresEveryGoldenNote) {
  const auto vectors = LoadVectors("notes_cards_day.json");
  ASSERT_EQ(vectors["notes"].Size(), 24U);
  int decided_elsewhere = 0;
  for (const auto& c : vectors["notes"].GetArray()) {
    const std::string name = TextOf(c["note"]);
    // Whether the notetype exists and whether a newer note is stored are the merge's questions.
    if (!c.HasMember("tags") || name == "unknown notetype") {
      ++decided_elsewhere;
      continue;
    }
    const auto note = NoteTextOf(TextOf(c["flds"]), TextOf(c["tags"]), ShapeFor(name));
    ASSERT_EQ(note.has_value(), c["status"].GetInt() == 200) << name;
    if (!note) continue;
    const auto& stored = c["stored"];
    EXPECT_EQ(note->tags, TextOf(stored["tags"])) << name;
    EXPECT_EQ(note->fields, TextOf(stored["flds"])) << name;
    EXPECT_EQ(AsStored(note->sort_field), TextOf(stored["sfld"])) << name;
    EXPECT_EQ(note->checksum, stored["csum"].GetUint()) << name;
  }
  EXPECT_EQ(decided_elsewhere, 4);
}

TEST(NoteText, TagsSplitAtSpacesOfBothWidthsOnly) {
  const NoteShape shape{1, 0};
  EXPECT_EQ(NoteTextOf("", "\u3000 a\u3000\u3000b ", shape)->tags, " a b ");
  EXPECT_EQ(NoteTextOf("", "\u3000 \u3000", shape)->tags, "");
  EXPECT_EQ(NoteTextOf("", "\u3001\u3042", shape)->tags, " \u3001\u3042 ");
}

TEST(NoteText, TheChecksumIsOfTheFirstFieldWhateverTheNoteSortsBy) {
  const auto note = NoteTextOf(
      "a\x1F"
      "b\x1F"
      "<i>c</i>",
      "", {3, 2});
  EXPECT_EQ(note->sort_field, "c");
  EXPECT_EQ(note->checksum, NoteTextOf("a", "", {1, 0})->checksum);
}

}  // namespace
}  // namespace ankisync
