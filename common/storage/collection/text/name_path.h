// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync {

// How the parts of a name are joined, and which characters they lose.
struct NameRules {
  std::string_view joint;
  bool (*is_dropped)(char32_t);  // anywhere
  bool (*is_trimmed)(char32_t);  // at both ends, after that
};

// A name of parts as people write it ("a::b"): each part in NFC, without what the rules take, and
// "blank" if nothing is left.
std::string CleanNamePath(std::string_view human, const NameRules& rules);

bool IsAsciiControl(char32_t c);
bool IsUnicodeSpace(char32_t c);  // White_Space

}  // namespace ankisync
