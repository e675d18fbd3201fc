// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/unicase.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/codec/utf8.h"
#include "common/core/hash.h"
#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

int Sign(int comparison) { return (comparison > 0) - (comparison < 0); }

TEST(Unicase, ComparesEveryGoldenPairLikeTheReference) {
  const auto vectors = LoadVectors("unicase.json");
  ASSERT_EQ(vectors["pairs"].Size(), 604U);
  for (const auto& pair : vectors["pairs"].GetArray()) {
    const std::string a = FromHex(TextOf(pair[0]));
    const std::string b = FromHex(TextOf(pair[1]));
    const int expected = pair[2].GetInt();
    EXPECT_EQ(Sign(CompareUnicase(a, b)), expected)
        << pair[0].GetString() << ' ' << pair[1].GetString();
    EXPECT_EQ(Sign(CompareUnicase(b, a)), -expected)
        << pair[1].GetString() << ' ' << pair[0].GetString();
    EXPECT_EQ(Sign(FoldUnicase(a).compare(FoldUnicase(b))), expected) << pair[0].GetString();
  }
}

TEST(Unicase, SortsTheGoldenListLikeTheReference) {
  const auto vectors = LoadVectors("unicase.json");
  const auto& sorted = vectors["sorted"];
  ASSERT_EQ(sorted.Size(), 36U);
  for (const auto& a : sorted.GetArray()) {
    for (const auto& b : sorted.GetArray()) {
      EXPECT_EQ(Sign(CompareUnicase(FromHex(TextOf(a[0])), FromHex(TextOf(b[0])))),
                Sign(a[1].GetInt() - b[1].GetInt()))
          << a[0].GetString() << ' ' << b[0].GetString();
    }
  }
}

TEST(Unicase, FoldsEveryCodePointLikeTheReference) {
  const auto vectors = LoadVectors("unicase.json");
  std::string all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    AppendUtf8(all, c);
  }
  EXPECT_EQ(Hex(Sha256(FoldUnicase(all))), TextOf(vectors["folding_sha256"]));
}

TEST(Unicase, TextsThatBeginAlikeInDifferentCaseStayInStep) {
  EXPECT_EQ(CompareUnicase("STRASSE",
                           "stra\xC3\x9F"
                           "e"),
            0);
  EXPECT_LT(CompareUnicase("ab", "AB\xC3\xA9"), 0);
  EXPECT_GT(CompareUnicase("ab\xC3\xA9", "AB"), 0);
  EXPECT_EQ(CompareUnicase(std::string("a\0B", 3), std::string("A\0b", 3)), 0);
  EXPECT_LT(CompareUnicase(std::string("\xC3\xA9\0", 3), std::string("\xC3\xA9\0\0", 4)), 0);
}

}  // namespace
}  // namespace ankisync
