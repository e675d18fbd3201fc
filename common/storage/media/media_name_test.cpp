// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_name.h"

#include <gtest/gtest.h>

#include <set>

#include "common/codec/json_value.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

json::Document Vectors() {
  return json::Document::Parse(ReadFile(ANKISYNC_VECTORS "/media.json", 10 << 20).value());
}

// What the reference stores on Linux and we refuse: a path on Windows, and characters that no
// client keeps in a name.
const std::set<std::string_view> kStricterHere{"backslash", "newline", "control", "DEL"};

TEST(AMediaName, CanBeAddedWhereTheReferenceStoresIt) {
  const auto vectors = Vectors();
  int cases = 0;
  for (const json::Value& entry : vectors.root().Find("names")->items()) {
    if (entry.Find("deletion")->boolean()) continue;
    const std::string_view note = entry.Find("note")->text();
    const bool is_stored = entry.Find("status")->text() == "200";
    EXPECT_EQ(WhyNotAddable(entry.Find("name")->text()) == nullptr,
              is_stored && !kStricterHere.contains(note))
        << note;
    ++cases;
  }
  EXPECT_EQ(cases, 49);
}

TEST(AMediaName, IsJudgedByTheCompositionTablesOfUnicode16) {
  const auto vectors = Vectors();
  for (const json::Value& entry : vectors.root().Find("normalisation_tables")->items()) {
    EXPECT_EQ(entry.Find("media_status")->text(), "400");
    EXPECT_STREQ(WhyNotAddable(entry.Find("text")->text()), "not NFC")
        << entry.Find("note")->text();
    EXPECT_EQ(WhyNotAddable(entry.Find("deck_name_stored")->text()), nullptr);
  }
}

TEST(AMediaName, MustBeUtf8) { EXPECT_NE(WhyNotAddable("a\xFF.jpg"), nullptr); }

}  // namespace
}  // namespace ankisync
