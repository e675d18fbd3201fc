// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ankisync {

// The text columns of a note.
struct NoteText {
  std::string tags;        // " a b " or ""
  std::string fields;      // joined by U+001F
  std::string sort_field;  // bind as text: the column's affinity makes numbers of what looks so
  std::uint32_t checksum;  // of the first field
};

struct NoteShape {  // of its notetype
  std::size_t field_count;
  std::size_t sort_field;  // position; beyond the fields: the note sorts as ""
};

// A note as it is stored, from what a client sent. Fields lose ASCII control characters but \n and
// \t; tags are split at U+0020 and U+3000 and neither normalised nor made unique. Nothing when the
// number of fields is not that of the notetype, or one for a notetype without fields.
//
// Source: docs/protocol.md, 4.6.
std::optional<NoteText> NoteTextOf(std::string_view sent_fields, std::string_view sent_tags,
                                   const NoteShape& shape);

}  // namespace ankisync
