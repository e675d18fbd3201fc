// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/note_text.h"

#include <algorithm>

#include "common/storage/collection/text/strip.h"

namespace ankisync {
namespace {

constexpr char kFieldSeparator = '\x1F';

std::string CleanFields(std::string_view fields) {
  std::string clean(fields);
  std::erase_if(clean, [](char c) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
    return is_control && c != '\n' && c != '\t' && c != kFieldSeparator;
  });
  return clean;
}

std::string CleanTags(std::string_view tags) {
  constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
  std::string clean = " ";
  for (std::size_t at = 0; at < tags.size();) {
    if (tags.substr(at, kIdeographicSpace.size()) == kIdeographicSpace) {
      at += kIdeographicSpace.size();
    } else if (tags[at] != ' ') {
      clean += tags[at++];
      continue;
    } else {
      ++at;
    }
    if (clean.back() != ' ') clean += ' ';
  }
  if (clean.back() != ' ') clean += ' ';
  return clean == " " ? "" : clean;
}

// Counted from 0; "" beyond the last.
std::string_view FieldAt(std::string_view fields, std::size_t position) {
  for (; position > 0; --position) {
    const std::size_t end = fields.find(kFieldSeparator);
    if (end == fields.npos) return {};
    fields.remove_prefix(end + 1);
  }
  return fields.substr(0, fields.find(kFieldSeparator));
}

}  // namespace

std::optional<NoteText> NoteTextOf(std::string_view sent_fields, std::string_view sent_tags,
                                   const NoteShape& shape) {
  const auto separators = std::count(sent_fields.begin(), sent_fields.end(), kFieldSeparator);
  if (static_cast<std::size_t>(separators) + 1 != std::max<std::size_t>(shape.field_count, 1)) {
    return std::nullopt;
  }
  NoteText note{.tags = CleanTags(sent_tags),
                .fields = CleanFields(sent_fields),
                .sort_field = {},
                .checksum = 0};
  std::string first = StripField(FieldAt(note.fields, 0));
  note.checksum = FieldChecksum(first);
  note.sort_field =
      shape.sort_field == 0 ? std::move(first) : StripField(FieldAt(note.fields, shape.sort_field));
  return note;
}

}  // namespace ankisync
