// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/card_table.h"
#include "common/storage/collection/note_table.h"
#include "common/storage/collection/revlog_table.h"

// Reviews, cards and notes as the positional arrays in which chunks carry them. Source:
// docs/protocol.md, 3.8.
namespace ankisync::sync {

// One element of an entry: a number as it was written, a text, or the kind of something else.
struct Scalar {
  json::Kind kind = json::Kind::kNull;
  std::string text;
};

using Entry = std::span<const Scalar>;

// As strict as every client is when it reads the row from us. Errors: kMalformedRequest.
RevlogEntry ReadRevlogEntry(Entry entry);  // 9 elements, or 8
CardEntry ReadCardEntry(Entry entry);      // 18
NoteEntry ReadNoteEntry(Entry entry);      // 11

void WriteEntry(const RevlogEntry& review, json::Writer& out);
void WriteEntry(const CardEntry& card, json::Writer& out);
void WriteEntry(const NoteEntry& note, json::Writer& out);

}  // namespace ankisync::sync
