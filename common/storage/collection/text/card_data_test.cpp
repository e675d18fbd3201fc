// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/card_data.h"

#include <gtest/gtest.h>

#include <map>

#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

// The reference drops unknown keys, and with them what a newer client put there; we keep them.
const std::map<std::string, std::string> kDepartures{
    {R"({"unknown":1})", R"({"unknown":1})"},
    {R"({"pos":1,"unknown":{"a":1},"cd":"c"})", R"({"pos":1,"cd":"c","unknown":{"a":1}})"},
};

TEST(CardData, IsNormalisedLikeTheReferenceNormalisesEveryGoldenText) {
  const auto vectors = LoadVectors("notes_cards_day.json");
  ASSERT_EQ(vectors["card_data"].Size(), 80U);
  std::size_t departures = 0;
  for (const auto& c : vectors["card_data"].GetArray()) {
    const std::string sent = TextOf(c[0]);
    const auto departure = kDepartures.find(sent);
    departures += departure != kDepartures.end() ? 1 : 0;
    const std::string expected = departure != kDepartures.end() ? departure->second : TextOf(c[1]);
    EXPECT_EQ(NormalisedCardData(sent), expected) << sent;
    EXPECT_EQ(TextOf(c[1]), TextOf(c[2])) << "the reference sends what it stores";
  }
  EXPECT_EQ(departures, kDepartures.size());
}

TEST(CardData, KeepsUnknownValuesAsTheyWereWritten) {
  EXPECT_EQ(NormalisedCardData(R"( { "z" : [1.50, 9007199254740993, null], "pos": 1, "A": "é" } )"),
            R"({"pos":1,"z":[1.50,9007199254740993,null],"A":"é"})");
}

TEST(CardData, AnArrayIsReadByPositionAndMayBeShort) {
  EXPECT_EQ(NormalisedCardData(R"([1,2,3,0.9,0.5,7,"c"])"),
            R"({"pos":1,"s":2.0,"d":3.0,"dr":0.9,"decay":0.5,"lrt":7,"cd":"c"})");
  EXPECT_EQ(NormalisedCardData(R"([1,2,3,0.9,0.5,7,"c",8])"), "{}");
  EXPECT_EQ(NormalisedCardData(R"([1,2,3,0.9,0.5,7,8])"), "{}");
}

TEST(CardData, ABottomlessValueIsDroppedWithoutRecursion) {
  const std::string deep = Repeated("[", 300'000) + Repeated("]", 300'000);
  EXPECT_EQ(NormalisedCardData("{\"pos\":1,\"x\":" + deep + "}"), "{\"pos\":1}");
  EXPECT_EQ(NormalisedCardData("{\"pos\":" + deep + "}"), "{}");
}

}  // namespace
}  // namespace ankisync
