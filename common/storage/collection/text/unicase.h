// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

// The collation `unicase` of Anki's collections: code points of the full case folding (statuses C
// and F) of Unicode 12.1, compared one by one. The sixteen foldings of three code points come in
// the order third, first, second: an accident of the reference that collections are indexed by, so
// neither it nor the Unicode version may ever change. Bytes that are not UTF-8 count as U+FFFD.
//
// Threads: any. Source: docs/protocol.md, 8.3.
namespace ankisync {

// Below, equal to or above 0 as `a` sorts before, with or after `b`. Allocates nothing.
int CompareUnicase(std::string_view a, std::string_view b) noexcept;

// The folding as UTF-8: equal for texts that compare equal, and sorts as bytes like they do.
std::string FoldUnicase(std::string_view text);

}  // namespace ankisync
