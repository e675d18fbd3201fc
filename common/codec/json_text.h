// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string_view>

namespace ankisync::json {

// RapidJSON 1.1 refuses a lone high surrogate escape but turns a lone low one into bytes that are
// not UTF-8 (ED B0…BF).
inline bool HoldsSurrogate(std::string_view utf8) {
  for (auto at = utf8.find('\xED'); at != std::string_view::npos; at = utf8.find('\xED', at + 1)) {
    if (at + 1 < utf8.size() && static_cast<unsigned char>(utf8[at + 1]) >= 0xA0) return true;
  }
  return false;
}

}  // namespace ankisync::json
