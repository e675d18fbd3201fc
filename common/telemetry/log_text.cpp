// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/log_text.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace ankisync {
namespace {

constexpr std::size_t kKeyDigits = 64;  // the random part of a hostkey, behind its last dot
constexpr char kMask[] = "********";

struct Letter {
  char32_t code;
  std::size_t bytes;
};

constexpr Letter kNotUtf8 = {U'\xFFFD', 1};

// The first character of `text`, which is not empty.
Letter FirstOf(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return kNotUtf8;
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kNotUtf8;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kSmallest[bytes] || surrogate || code > 0x10FFFF ? kNotUtf8 : Letter{code, bytes};
}

// Control characters, line ends, and what is invisible or turns the text around it.
bool NeedsEscape(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || code == 0xFFFD;
}

// How many bytes of a key's random part begin here, where the byte before was a dot.
std::size_t KeyBytesAt(std::string_view text) {
  const auto end = std::ranges::find_if_not(
      text, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  const auto digits = static_cast<std::size_t>(end - text.begin());
  return digits >= kKeyDigits ? digits : 0;
}

}  // namespace

void AppendEscaped(std::string& out, std::string_view text, std::size_t bytes_max) {
  const std::size_t out_max = out.size() + bytes_max;
  for (bool after_dot = false; !text.empty();) {
    if (out.size() >= out_max) {
      out += "…";
      return;
    }
    if (const std::size_t key = after_dot ? KeyBytesAt(text) : 0) {
      out += kMask;
      text.remove_prefix(key);
      after_dot = false;
      continue;
    }
    const Letter letter = FirstOf(text);
    if (NeedsEscape(letter.code)) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(letter.code));
      out += escape;
    } else {
      if (letter.code == U'"' || letter.code == U'\\') out += '\\';
      out += text.substr(0, letter.bytes);
    }
    after_dot = letter.code == U'.';
    text.remove_prefix(letter.bytes);
  }
}

}  // namespace ankisync
