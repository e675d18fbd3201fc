// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace ankisync {

// How many bytes of `text` at `at` spell `keyword` (ASCII, lower case, without k), 0 when they do
// not. Letter case is ignored as the reference's patterns ignore it: U+017F (ſ), which folds to s,
// is an s.
std::size_t MatchKeyword(std::string_view text, std::size_t at, std::string_view keyword) noexcept;

}  // namespace ankisync
