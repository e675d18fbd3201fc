// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "common/core/ids.h"

// Notetypes, decks and presets as rows of the schema-18 tables. `config`, `common` and `kind` are
// protobuf blobs (notetype.proto, deck.proto, deck_config.proto); the *_json.h beside this file say
// what JSON each row travels as.
namespace ankisync {

struct FieldRow {
  std::string name;
  std::string config;
};

// mtime_secs and usn of a templates row are always 0.
struct TemplateRow {
  std::string name;
  std::string config;
};

// The position in `fields` and `templates` is the row's `ord`.
struct NotetypeRow {
  NotetypeId id{};
  std::string name;
  UnixSeconds mtime{};
  Usn usn{};
  std::string config;
  std::vector<FieldRow> fields;
  std::vector<TemplateRow> templates;
};

struct DeckRow {
  DeckId id{};
  std::string name;  // native: components joined by U+001F
  UnixSeconds mtime{};
  Usn usn{};
  std::string common;
  std::string kind;
};

struct DeckConfigRow {
  DeckConfigId id{};
  std::string name;
  UnixSeconds mtime{};
  Usn usn{};
  std::string config;
};

// An id of 0 is refused from clients; in a schema-11 file the upgrade gives the object another.
enum class ZeroId { kRefused, kAllowed };

}  // namespace ankisync
