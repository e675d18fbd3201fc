// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync {

// Deck names: people and JSON write "a::b", decks.name holds "a␟b" (U+001F).
//
// Stored parts are in NFC, without ASCII control characters, and without white space and colons at
// either end; an empty one is "blank". Source: docs/protocol.md, 9.11.
std::string NativeDeckName(std::string_view human);
std::string HumanDeckName(std::string_view native);

}  // namespace ankisync
