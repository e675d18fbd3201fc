// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/card_table.h"
#include "common/storage/collection/col_table.h"
#include "common/storage/collection/config_table.h"
#include "common/storage/collection/deck_config_table.h"
#include "common/storage/collection/deck_table.h"
#include "common/storage/collection/grave_table.h"
#include "common/storage/collection/note_table.h"
#include "common/storage/collection/notetype_table.h"
#include "common/storage/collection/revlog_table.h"
#include "common/storage/collection/row_counts.h"
#include "common/storage/collection/tag_table.h"

namespace ankisync {

// One user's schema-18 file, open: a table each. One thread at a time.
// Errors: those of sqlite::Connection.
class Collection {
 public:
  // The file must be there, in schema 18. WAL, every commit on the disk before it returns;
  // checkpoints are the caller's.
  explicit Collection(const std::filesystem::path& path, int cache_kib = 2048);

  // Counts every row.
  RowCounts CountRows();

  // Whether a row of the tables that the sanity check looks at bears a client's mark "not yet
  // sent".
  bool AnyUnsent();

  // A new day on which nobody has synced yet: buried cards come back, as clients do it for
  // themselves without marking them. Never counts as a change.
  void UnburyIfDayRolledOver(UnixMillis now, Usn usn);

  sqlite::Connection db;

  ColTable col{db};
  NoteTable notes{db};
  CardTable cards{db};
  RevlogTable revlog{db};
  GraveTable graves{db};
  NotetypeTable notetypes{db};
  DeckTable decks{db};
  DeckConfigTable deck_configs{db};
  ConfigTable config{db};
  TagTable tags{db};
};

}  // namespace ankisync
