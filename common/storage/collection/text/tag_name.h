// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Names in the tags table. (A note's own tags are text of the note: note_text.h.)
//
// Source: docs/protocol.md, 10.2.
namespace ankisync {

// As it is stored, parts joined by "::": each in NFC, without ASCII control characters, U+0020 and
// U+3000, and without white space at either end; an empty one is "blank".
std::string CleanTagName(std::string_view sent);

// The spelling under which a tag is stored that equals `name` (unicase); nothing when there is
// none.
using StoredTag = std::function<std::optional<std::string>(std::string_view name)>;

// A new tag's name with the spelling of its longest ancestor that is stored: "a::b::c" becomes
// "A::b::c" beside "A". Asks for kTagAncestorsMax ancestors at most, the longest ones: nobody's
// tags are that deep, and every question costs the length of the name.
std::string AdoptAncestorSpelling(std::string_view name, const StoredTag& stored);

inline constexpr int kTagAncestorsMax = 64;

}  // namespace ankisync
