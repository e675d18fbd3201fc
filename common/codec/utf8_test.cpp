// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/utf8.h"

#include <gtest/gtest.h>

#include <vector>

namespace ankisync {
namespace {

std::vector<char32_t> Decoded(std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = DecodeUtf8(text, at);
    characters.push_back(c.code_point);
    at += c.size;
  }
  return characters;
}

using Characters = std::vector<char32_t>;

TEST(Utf8, EveryScalarValueComesBackFromItsBytes) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string bytes;
    AppendUtf8(bytes, c);
    const Utf8Character decoded = DecodeUtf8(bytes, 0);
    ASSERT_EQ(decoded.code_point, c);
    ASSERT_EQ(decoded.size, bytes.size());
  }
}

TEST(Utf8, EveryMaximalInvalidBeginningIsOneReplacement) {
  EXPECT_EQ(Decoded("\xE3\x81"), Characters(1, 0xFFFD));
  EXPECT_EQ(Decoded("\xC0\x80"), Characters(2, 0xFFFD));
  EXPECT_EQ(Decoded("\xED\xA0\x80"), Characters(3, 0xFFFD));
  EXPECT_EQ(Decoded("\xF4\x90\x80\x80"), Characters(4, 0xFFFD));
  EXPECT_EQ(Decoded("\xF0\x9F\x98"), Characters(1, 0xFFFD));
  EXPECT_EQ(Decoded("\xFF\x80"), Characters(2, 0xFFFD));
}

TEST(Utf8, TextGoesOnBehindABrokenCharacter) {
  EXPECT_EQ(Decoded("\xE3\x81"
                    "a"),
            (Characters{0xFFFD, 'a'}));
  EXPECT_EQ(Decoded("\xF0\x9F\xC3\xA9"), (Characters{0xFFFD, 0xE9}));
}

}  // namespace
}  // namespace ankisync
