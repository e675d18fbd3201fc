// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/blob.h"

#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/core/hash.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/proto/vectors.h"

namespace ankisync {
namespace {

struct Case {
  const char* name;
  const char* kind;  // decks.kind in hex
  bool decodes;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class DeckKinds : public testing::TestWithParam<Case> {};

TEST_P(DeckKinds, DecodeAsStrictlyAsClientsDoIt) {
  const DeckRow row{DeckId{7}, "A", {}, {}, "", FromHex(GetParam().kind)};
  if (GetParam().decodes) {
    EXPECT_NO_THROW(CheckDecodes(row));
    return;
  }
  try {
    CheckDecodes(row);
    FAIL() << "decodes";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInconsistentData);
    EXPECT_STREQ(error.what(), "deck 7 does not decode");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Blobs, DeckKinds,
    testing::Values(Case{"normal", "0a020801", true}, Case{"no kind at all", "", false},
                    Case{"an unknown kind alone", "1a020801", false},
                    Case{"config_id as bytes", "0a030a0131", false},
                    Case{"review_limit_today as a number", "0a024001", false},
                    Case{"limit in review_limit_today as bytes", "0a0442020a00", false},
                    Case{"today in new_limit_today as 32 bits", "0a074a051500000000", false},
                    Case{"search in a term as a number", "120412020801", false},
                    Case{"delays as 64 bits", "1209190000000000000000", false},
                    Case{"delays one by one", "12051d0000803f", true},
                    Case{"an obsolete field of any type", "0a0362010a", true},
                    Case{"description not UTF-8", "0a032201ff", false},
                    Case{"field number 0", "0a02080100", false},
                    Case{"an unknown group", "0a0208013b0a01413c", true},
                    Case{"field number 0 in an unknown group", "0a0208013b003c", false},
                    Case{"a known field as a group", "0a0208010b08010c", false},
                    Case{"a group without its end", "0a0208013b0801", false},
                    Case{"a group's end alone", "0a0208013c", false},
                    Case{"a field beyond the end", "0a0508", false}));

TEST(Blobs, FieldsOfANewerSchemaOutliveARewrite) {
  DeckConfigRow row{DeckConfigId{1}, "A", {}, {}, FromHex("5d6666a63fc20c0178")};
  EXPECT_TRUE(LiftInitialEase(row));
  EXPECT_EQ(Hex(row.config), "5d00002040c20c0178");
  EXPECT_FALSE(LiftInitialEase(row));
}

TEST(Blobs, TellWhatOtherPartsNeedToKnow) {
  EXPECT_EQ(SortFieldIndex(FromHex("1003")), 3U);
  EXPECT_EQ(SortFieldIndex(""), 0U);
  EXPECT_EQ(PresetOf(FromHex("0a020805")), DeckConfigId{5});
  EXPECT_EQ(PresetOf(FromHex("1200")), std::nullopt);
}

TEST(Blobs, ABadFieldIsNamedWithItsNotetype) {
  const NotetypeRow row{NotetypeId{9}, "A", {}, {}, "", {{"F", FromHex("0a0161")}}, {}};
  try {
    CheckDecodes(row);
    FAIL() << "decodes";
  } catch (const SyncError& error) {
    EXPECT_STREQ(error.what(), "field of notetype 9 does not decode");
  }
}

}  // namespace
}  // namespace ankisync
