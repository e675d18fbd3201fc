// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/name_path.h"

#include <cstddef>

#include "common/codec/nfc.h"
#include "common/codec/utf8.h"

namespace ankisync {
namespace {

std::string CleanPart(std::string_view part, const NameRules& rules) {
  const std::string normal = Nfc(part);
  std::string clean;
  std::size_t end = 0;  // of what is not trimmed
  for (std::size_t at = 0; at < normal.size();) {
    const Utf8Character c = DecodeUtf8(normal, at);
    at += c.size;
    if (rules.is_dropped(c.code_point)) continue;
    const bool trimmed = rules.is_trimmed(c.code_point);
    if (trimmed && clean.empty()) continue;
    AppendUtf8(clean, c.code_point);
    if (!trimmed) end = clean.size();
  }
  clean.resize(end);
  return clean.empty() ? "blank" : clean;
}

}  // namespace

std::string CleanNamePath(std::string_view human, const NameRules& rules) {
  constexpr std::string_view kHumanJoint = "::";
  std::string clean;
  for (;;) {
    const std::size_t end = human.find(kHumanJoint);
    clean += CleanPart(human.substr(0, end), rules);
    if (end == human.npos) return clean;
    clean += rules.joint;
    human.remove_prefix(end + kHumanJoint.size());
  }
}

bool IsAsciiControl(char32_t c) { return c < 0x20 || c == 0x7F; }

bool IsUnicodeSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace ankisync
