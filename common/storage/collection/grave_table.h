// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// Deletion markers: ids of the cards, notes and decks that one side removed.
//
// Wire:   {"cards":[i64],"decks":[i64],"notes":[i64]}; all three lists always, any order.
// Stored: graves(oid, type, usn), key (oid, type); type 0 card, 1 note, 2 deck.
// Source: docs/protocol.md, 3.4 and 4.7.
struct Graves {
  std::vector<CardId> cards;
  std::vector<DeckId> decks;
  std::vector<NoteId> notes;
};

class GraveTable {
 public:
  explicit GraveTable(sqlite::Connection& db) : db_(db) {}

  // False: it was marked already, and keeps its usn.
  bool Add(CardId id, Usn usn) { return Add(Raw(id), 0, usn); }
  bool Add(NoteId id, Usn usn) { return Add(Raw(id), 1, usn); }
  bool Add(DeckId id, Usn usn) { return Add(Raw(id), 2, usn); }

  // Errors: kInconsistentData for a stored type that we do not know.
  Graves Since(Usn usn);
  bool AnyUnsent();

 private:
  bool Add(std::int64_t id, int type, Usn usn);

  sqlite::Connection& db_;
};

}  // namespace ankisync
