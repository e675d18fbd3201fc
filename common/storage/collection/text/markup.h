// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync {

// `html` without comments, style and script elements and tags. At each '<', the first of these that
// matches goes, letter case ignored; where none does, the '<' stays:
//
//   "<!--" … first "-->"
//   "<style" … first ">" … first "</style>"
//   "<script" … first ">" … first "</script>"
//   "<" … first ">"
//
// Linear in the text. Source: docs/protocol.md, 8.6.
std::string RemoveMarkup(std::string_view html);

}  // namespace ankisync
