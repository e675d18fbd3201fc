// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/word_character.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(WordCharacter, LettersMarksDigitsConnectorsAndJoinersAre) {
  for (const char32_t c :
       {U'a', U'Z', U'0', U'_', U'\u00aa', U'\u0301', U'\u0660', U'\u203f', U'\u200c', U'\u200d',
        U'\u24b6', U'\u2160', U'\u65e5', U'\U0001F149', U'\U00010D40', U'\U0002EE5D'}) {
    EXPECT_TRUE(IsWordCharacter(c)) << std::hex << +c;
  }
}

TEST(WordCharacter, SignsSpacesAndNumbersInOtherFormsAreNot) {
  for (const char32_t c : {U'-', U' ', U'"', U'\u00b2', U'\u00b7', U'\u200b', U'\ufffd', U'\u20ac',
                           U'\U0001F600', U'\U0010FFFF'}) {
    EXPECT_FALSE(IsWordCharacter(c)) << std::hex << +c;
  }
}

// Over every scalar value; the reference was asked one by one whether `<img` and the character are
// two words.
TEST(WordCharacter, AreAsManyAsTheReferenceHas) {
  int words = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    words += IsWordCharacter(c) ? 1 : 0;
  }
  EXPECT_EQ(words, 144'667);
}

TEST(WordCharacter, IsFoundOnEitherSideOfAPlaceInAText) {
  const std::string text = "\u65e5-\xE3\x81";
  EXPECT_TRUE(IsWordAt(text, 0));
  EXPECT_FALSE(IsWordAt(text, text.size()));
  EXPECT_TRUE(IsWordBefore(text, 3));
  EXPECT_FALSE(IsWordBefore(text, 0));
  EXPECT_FALSE(IsWordBefore(text, 4));
  EXPECT_FALSE(IsWordBefore(text, text.size()));
  EXPECT_FALSE(IsWordBefore("\x80\x80\x80\x80\x80", 5));
}

}  // namespace
}  // namespace ankisync
