// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What the browser sorts by and duplicates are found by: the text that a field shows.
//
// Every device computes it for itself and compares checksums, so it is exact to the byte for any
// text, and linear in it. Source: docs/protocol.md, 8.6.
namespace ankisync {

// Media tags become " file ", other markup goes, then entities are decoded.
std::string StripField(std::string_view html);

// notes.csum: the first four bytes of the SHA-1 of a stripped field, as a number.
std::uint32_t FieldChecksum(std::string_view stripped);

}  // namespace ankisync
