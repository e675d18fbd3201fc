// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/nfc.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/codec/utf8.h"

namespace ankisync {
namespace {

struct Composition {
  char32_t composed, first, second;
};

struct MarkClass {
  char32_t mark;
  std::uint8_t combining_class;
};

// All that Unicode 15.1 and 16 added to canonical composition …
constexpr std::array<Composition, 20> kNewCompositions{{
    {0x105C9, 0x105D2, 0x0307},  {0x105E4, 0x105DA, 0x0307},  {0x11383, 0x11382, 0x113C9},
    {0x11385, 0x11384, 0x113BB}, {0x1138E, 0x1138B, 0x113C2}, {0x11391, 0x11390, 0x113C9},
    {0x113C5, 0x113C2, 0x113C2}, {0x113C7, 0x113C2, 0x113B8}, {0x113C8, 0x113C2, 0x113C9},
    {0x16121, 0x1611E, 0x1611E}, {0x16122, 0x1611E, 0x16129}, {0x16123, 0x1611E, 0x1611F},
    {0x16124, 0x16129, 0x1611F}, {0x16125, 0x1611E, 0x16120}, {0x16126, 0x16121, 0x1611F},
    {0x16127, 0x16122, 0x1611F}, {0x16128, 0x16121, 0x16120}, {0x16D68, 0x16D67, 0x16D67},
    {0x16D69, 0x16D63, 0x16D67}, {0x16D6A, 0x16D69, 0x16D67},
}};

// … and to canonical ordering.
constexpr std::array<MarkClass, 12> kNewMarks{{
    {0x0897, 230},
    {0x10D69, 230},
    {0x10D6A, 230},
    {0x10D6B, 230},
    {0x10D6C, 230},
    {0x10D6D, 230},
    {0x113CE, 9},
    {0x113CF, 9},
    {0x113D0, 9},
    {0x1612F, 9},
    {0x1E5EE, 230},
    {0x1E5EF, 220},
}};

struct Character {
  char32_t code_point;
  std::uint8_t combining_class;
};

std::uint8_t CombiningClass(char32_t c) {
  for (const MarkClass& added : kNewMarks) {
    if (added.mark == c) return added.combining_class;
  }
  const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  return static_cast<std::uint8_t>(property->combining_class);
}

void Decompose(char32_t c, std::vector<Character>& out) {
  for (const Composition& added : kNewCompositions) {
    if (added.composed != c) continue;
    Decompose(added.first, out);
    Decompose(added.second, out);
    return;
  }
  std::array<utf8proc_int32_t, 8> parts{};
  const auto count = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(c), parts.data(), parts.size(),
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE), nullptr);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const auto part = static_cast<char32_t>(parts[i]);
    out.push_back({part, CombiningClass(part)});
  }
}

void OrderMarks(std::vector<Character>& text) {
  const auto is_mark = [](const Character& c) { return c.combining_class != 0; };
  for (auto at = text.begin(); at != text.end();) {
    const auto first = std::find_if(at, text.end(), is_mark);
    at = std::find_if_not(first, text.end(), is_mark);
    std::stable_sort(first, at, [](const Character& a, const Character& b) {
      return a.combining_class < b.combining_class;
    });
  }
}

// 0: the two do not compose.
char32_t ComposePair(char32_t first, char32_t second) {
  for (const Composition& added : kNewCompositions) {
    if (added.first == first && added.second == second) return added.composed;
  }
  std::array<utf8proc_int32_t, 2> pair{static_cast<utf8proc_int32_t>(first),
                                       static_cast<utf8proc_int32_t>(second)};
  const auto left = utf8proc_normalize_utf32(
      pair.data(), pair.size(), static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  return left == 1 ? static_cast<char32_t>(pair[0]) : 0;
}

void Compose(std::vector<Character>& text) {
  std::size_t kept = 0;
  std::size_t starter = text.size();  // none yet
  for (const Character& c : text) {
    const bool reaches_starter =
        starter < kept &&
        (kept == starter + 1 || text[kept - 1].combining_class < c.combining_class);
    const char32_t composed =
        reaches_starter ? ComposePair(text[starter].code_point, c.code_point) : 0;
    if (composed != 0) {
      text[starter].code_point = composed;
      continue;
    }
    if (c.combining_class == 0) starter = kept;
    text[kept++] = c;
  }
  text.resize(kept);
}

}  // namespace

std::string Nfc(std::string_view text) {
  // Up to U+02FF nothing composes or reorders.
  const auto is_settled = [](char c) { return static_cast<unsigned char>(c) < 0xCC; };
  if (std::all_of(text.begin(), text.end(), is_settled)) return std::string(text);

  std::vector<Character> characters;
  characters.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character next = DecodeUtf8(text, at);
    Decompose(next.code_point, characters);
    at += next.size;
  }
  OrderMarks(characters);
  Compose(characters);

  std::string normal;
  normal.reserve(text.size());
  for (const Character& c : characters) AppendUtf8(normal, c.code_point);
  return normal;
}

}  // namespace ankisync
