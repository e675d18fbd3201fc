// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ankisync::json {
namespace {

struct Case {
  const char* text;
  std::optional<std::int32_t> integer;    // I
  std::optional<std::int32_t> truncated;  // IF
  std::optional<std::int32_t> or_text;    // IS
  std::optional<bool> bool_like;          // BA
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.text; }

class Codes : public testing::TestWithParam<Case> {};

TEST_P(Codes, TakeWhatTheReferenceTakes) {
  const Document document = Document::Parse(GetParam().text);
  EXPECT_EQ(ReadInt<std::int32_t>(document.root()), GetParam().integer);
  EXPECT_EQ(ReadTruncated<std::int32_t>(document.root()), GetParam().truncated);
  EXPECT_EQ(ReadIntOrText<std::int32_t>(document.root()), GetParam().or_text);
  EXPECT_EQ(ReadBoolLike(document.root()), GetParam().bool_like);
}

constexpr auto kNone = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Section0_3, Codes,
    testing::Values(
        Case{"5", 5, 5, 5, kNone}, Case{"5.0", kNone, 5, kNone, kNone},
        Case{"-0", kNone, 0, kNone, false}, Case{"1e0", kNone, 1, kNone, true},
        Case{"-5.9", kNone, -5, kNone, kNone}, Case{"2147483648", kNone, -2147483648, kNone, kNone},
        Case{"1e-400", kNone, 0, kNone, false}, Case{"1e30", kNone, -1, kNone, kNone},
        Case{"\"+007\"", kNone, kNone, 7, kNone}, Case{"\"-7\"", kNone, kNone, -7, kNone},
        Case{"\"-0\"", kNone, kNone, 0, false}, Case{"\"+-7\"", kNone, kNone, kNone, kNone},
        Case{"\"\"", kNone, kNone, kNone, kNone}, Case{"\" 1\"", kNone, kNone, kNone, kNone},
        Case{"\"1.00\"", kNone, kNone, kNone, true}, Case{"\"+1\"", kNone, kNone, 1, true},
        Case{"\"tRuE\"", kNone, kNone, kNone, true}, Case{"true", kNone, kNone, kNone, true},
        Case{"null", kNone, kNone, kNone, kNone}, Case{"[]", kNone, kNone, kNone, kNone}));

TEST(Codes, UnsignedNarrowingClampsNegativesAndCutsTheRest) {
  EXPECT_EQ(ReadTruncated<std::uint32_t>(Document::Parse("-1").root()), 0U);
  EXPECT_EQ(ReadTruncated<std::uint32_t>(Document::Parse("4294967297").root()), 1U);
}

TEST(Codes, FloatsMayBecomeInfiniteButNotFromNull) {
  EXPECT_TRUE(std::isinf(*ReadFloat(Document::Parse("1e39").root())));
  EXPECT_EQ(ReadFloat(Document::Parse("null").root()), std::nullopt);
}

TEST(Usable, ValuesHaveNoNumberBeyondADoubleAndNotTooManyLevels) {
  EXPECT_TRUE(IsUsable(Document::Parse(R"({"a":[1e308,-1e-400,18446744073709551616]})").root()));
  EXPECT_FALSE(IsUsable(Document::Parse(R"({"a":[{"b":17e308}]})").root()));
  EXPECT_TRUE(IsUsable(Document::Parse("[[{}]]").root(), 3));
  EXPECT_FALSE(IsUsable(Document::Parse("[[{}]]").root(), 2));
}

}  // namespace
}  // namespace ankisync::json
