// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

namespace ankisync {

// Character references become characters: the 252 names of HTML 4.01 (letter case counts), "#" and
// decimal digits, "#x" and hexadecimal digits. All or nothing: text with one malformed reference,
// be it a bare '&', stays as it is. Text that was decoded has plain spaces for U+00A0, also for
// those that were literal; text without '&' keeps them. Source: docs/protocol.md, 8.6.
std::string DecodeEntities(std::string text);

}  // namespace ankisync
