// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/deck_name.h"

#include <gtest/gtest.h>

#include "common/codec/json_value.h"
#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

TEST(DeckName, BecomesWhatTheReferenceStoresForEveryGoldenDeck) {
  const auto vectors = LoadVectors("json_cases.json");
  int decks = 0;
  for (const auto& c : vectors["to_stored"].GetArray()) {
    if (TextOf(c["type"]) != "deck" || c["status"].GetInt() != 200) continue;
    const auto sent = json::Document::Parse(TextOf(c["in"]));
    const std::string human(sent.root().Find("name")->text());
    const std::string native = TextOf(c["stored"]["name"]);
    EXPECT_EQ(NativeDeckName(human), native) << human;
    EXPECT_EQ(HumanDeckName(native), TextOf(c["out"]["name"])) << native;
    ++decks;
  }
  EXPECT_GT(decks, 50);
}

TEST(DeckName, BecomesWhatTheReferenceMergesUnlessItWasTaken) {
  const auto vectors = LoadVectors("merge.json");
  for (const auto& c : vectors["name_conflicts"].GetArray()) {
    if (TextOf(c["object"]) != "deck") continue;
    for (const auto& sent : c["incoming"].GetArray()) {
      for (const auto& kept : c["after"].GetArray()) {
        const bool lost = c["note"] == "losing update with a taken name is dropped";
        if (kept[0] != sent[0] || lost) continue;
        std::string name = TextOf(kept[1]);
        name.erase(name.find_last_not_of('+') + 1);
        EXPECT_EQ(NativeDeckName(TextOf(sent[1])), name) << c["note"].GetString();
      }
    }
  }
}

TEST(DeckName, PartsLoseControlsThenOuterSpaceAndColons) {
  EXPECT_EQ(NativeDeckName(" :a: :b:\u3000\x01\x1F: ::\u200b"), "a: :b\x1F\u200b");
  EXPECT_EQ(NativeDeckName("e\u0301"), "\u00e9");
}

TEST(DeckName, MegabytesOfColonsAreBlankParts) {
  EXPECT_EQ(NativeDeckName(Repeated("::", 1'000'000)), Repeated("blank\x1F", 1'000'000) + "blank");
}

}  // namespace
}  // namespace ankisync
