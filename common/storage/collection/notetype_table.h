// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/proto/rows.h"
#include "common/storage/collection/text/note_text.h"

namespace ankisync {

// Notetypes with their fields and templates (tables notetypes, fields, templates).
class NotetypeTable {
 public:
  explicit NotetypeTable(sqlite::Connection& db) : db_(db) {}

  std::optional<NotetypeRow> Get(NotetypeId id);
  std::optional<NotetypeId> IdOf(std::string_view name);  // equal under unicase

  // How many fields notes of this notetype have, and which one they are sorted by. Nothing: there
  // is no such notetype.
  std::optional<NoteShape> ShapeOf(NotetypeId id);

  // Replaces the row and all of its fields and templates; their position becomes `ord`.
  // Errors: kInconsistentData when a name is taken or stands twice (unicase).
  void Put(const NotetypeRow& notetype);

  std::vector<NotetypeRow> ChangedSince(Usn usn);
  std::int64_t Count();
  bool AnyUnsent();

 private:
  void ReadParts(NotetypeRow& notetype);

  sqlite::Connection& db_;
};

}  // namespace ankisync
