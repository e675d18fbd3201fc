// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/grave_table.h"

#include "common/core/error.h"
#include "common/storage/collection/changed_since.h"

namespace ankisync {

bool GraveTable::Add(std::int64_t id, int type, Usn usn) {
  return db_.Execute("INSERT OR IGNORE INTO graves(oid, type, usn) VALUES (?,?,?)", id, type, usn) >
         0;
}

Graves GraveTable::Since(Usn usn) {
  Graves graves;
  sqlite::Cursor row = usn == kUnsent ? db_.Query("SELECT oid, type FROM graves WHERE usn=-1")
                                      : db_.Query("SELECT oid, type FROM graves WHERE usn>=?", usn);
  while (row.Next()) {
    switch (row.Int(1)) {
      case 0:
        graves.cards.push_back(row.As<CardId>(0));
        break;
      case 1:
        graves.notes.push_back(row.As<NoteId>(0));
        break;
      case 2:
        graves.decks.push_back(row.As<DeckId>(0));
        break;
      default:
        throw SyncError(ErrorKind::kInconsistentData, "a grave of an unknown type");
    }
  }
  return graves;
}

bool GraveTable::AnyUnsent() { return db_.Any("SELECT 1 FROM graves WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
