// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

// What \b of the reference's patterns takes for a part of a word: Alphabetic, a mark, a decimal
// digit, connector punctuation, ZWNJ or ZWJ, by Unicode 16. Bytes that are not UTF-8 are none.
namespace ankisync {

bool IsWordCharacter(char32_t c);

bool IsWordAt(std::string_view text, std::size_t at);      // the character that begins there
bool IsWordBefore(std::string_view text, std::size_t at);  // the character that ends there

}  // namespace ankisync
