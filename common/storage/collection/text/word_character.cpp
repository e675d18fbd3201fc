// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/word_character.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "common/codec/utf8.h"

namespace ankisync {
namespace {

struct Range {
  char32_t first, last;
};

// Alphabetic, but symbols by category: the circled and squared Latin letters.
constexpr std::array<Range, 4> kAlphabeticSymbols{{
    {0x24B6, 0x24E9},
    {0x1F130, 0x1F149},
    {0x1F150, 0x1F169},
    {0x1F170, 0x1F189},
}};

// Added by Unicode 15.1 and 16; Debian's utf8proc knows 15.0.
constexpr std::array<Range, 32> kNewWordCharacters{{
    {0x0897, 0x0897},   {0x1C89, 0x1C8A},   {0xA7CB, 0xA7CD},   {0xA7DA, 0xA7DC},
    {0x105C0, 0x105F3}, {0x10D40, 0x10D65}, {0x10D69, 0x10D6D}, {0x10D6F, 0x10D85},
    {0x10EC2, 0x10EC4}, {0x10EFC, 0x10EFC}, {0x11380, 0x11389}, {0x1138B, 0x1138B},
    {0x1138E, 0x1138E}, {0x11390, 0x113B5}, {0x113B7, 0x113C0}, {0x113C2, 0x113C2},
    {0x113C5, 0x113C5}, {0x113C7, 0x113CA}, {0x113CC, 0x113D3}, {0x113E1, 0x113E2},
    {0x116D0, 0x116E3}, {0x11BC0, 0x11BE0}, {0x11BF0, 0x11BF9}, {0x11F5A, 0x11F5A},
    {0x13460, 0x143FA}, {0x16100, 0x16139}, {0x16D40, 0x16D6C}, {0x16D70, 0x16D79},
    {0x18CFF, 0x18CFF}, {0x1CCF0, 0x1CCF9}, {0x1E5D0, 0x1E5FA}, {0x2EBF0, 0x2EE5D},
}};

template <std::size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

bool IsWordByCategory(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool IsWordCharacter(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  constexpr char32_t kZeroWidthNonJoiner = 0x200C;
  constexpr char32_t kZeroWidthJoiner = 0x200D;
  return IsWordByCategory(c) || c == kZeroWidthNonJoiner || c == kZeroWidthJoiner ||
         IsIn(kAlphabeticSymbols, c) || IsIn(kNewWordCharacters, c);
}

bool IsWordAt(std::string_view text, std::size_t at) {
  return at < text.size() && IsWordCharacter(DecodeUtf8(text, at).code_point);
}

bool IsWordBefore(std::string_view text, std::size_t at) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(at, 4); ++size) {
    const auto byte = static_cast<unsigned char>(text[at - size]);
    if (byte >= 0x80 && byte < 0xC0) continue;  // the inside of a character
    const Utf8Character character = DecodeUtf8(text, at - size);
    return character.size == size && IsWordCharacter(character.code_point);
  }
  return false;
}

}  // namespace ankisync
