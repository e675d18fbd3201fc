// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/deck_table.h"

#include "common/storage/collection/changed_since.h"

namespace ankisync {
namespace {

DeckRow RowAt(const sqlite::Cursor& row) {
  return {.id = row.As<DeckId>(0),
          .name = std::string(row.Text(1)),
          .mtime = row.As<UnixSeconds>(2),
          .usn = row.As<Usn>(3),
          .common = std::string(row.Bytes(4)),
          .kind = std::string(row.Bytes(5))};
}

}  // namespace

std::optional<DeckRow> DeckTable::Get(DeckId id) {
  sqlite::Cursor row =
      db_.Query("SELECT id, name, mtime_secs, usn, common, kind FROM decks WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return RowAt(row);
}

std::optional<DeckId> DeckTable::IdOf(std::string_view native_name) {
  sqlite::Cursor row = db_.Query("SELECT id FROM decks WHERE name=?", native_name);
  if (!row.Next()) return std::nullopt;
  return row.As<DeckId>(0);
}

void DeckTable::Put(const DeckRow& deck) {
  // By id only: OR REPLACE would also drop another deck that owns the name.
  db_.Execute(
      "INSERT INTO decks VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (id) DO UPDATE SET "
      "name=?2, mtime_secs=?3, usn=?4, common=?5, kind=?6",
      deck.id, deck.name, deck.mtime, deck.usn, sqlite::Blob{deck.common}, sqlite::Blob{deck.kind});
}

bool DeckTable::Remove(DeckId id) { return db_.Execute("DELETE FROM decks WHERE id=?", id) > 0; }

std::vector<DeckRow> DeckTable::ChangedSince(Usn usn) {
  std::vector<DeckRow> decks;
  sqlite::Cursor row =
      usn == kUnsent
          ? db_.Query("SELECT id, name, mtime_secs, usn, common, kind FROM decks WHERE usn=-1")
          : db_.Query("SELECT id, name, mtime_secs, usn, common, kind FROM decks WHERE usn>=?",
                      usn);
  while (row.Next()) decks.push_back(RowAt(row));
  return decks;
}

std::int64_t DeckTable::Count() { return db_.Int("SELECT count(*) FROM decks"); }

bool DeckTable::AnyUnsent() { return db_.Any("SELECT 1 FROM decks WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
