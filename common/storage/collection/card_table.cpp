// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/card_table.h"

#include "common/storage/collection/changed_since.h"
#include "common/storage/collection/text/scheduler_day.h"

namespace ankisync {

std::optional<Stamp> CardTable::StampOf(CardId id) {
  sqlite::Cursor row = db_.Query("SELECT usn, mod FROM cards WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return Stamp{row.As<Usn>(0), row.As<UnixSeconds>(1)};
}

std::optional<CardEntry> CardTable::Get(CardId id) {
  sqlite::Cursor row = db_.Query(
      "SELECT nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, "
      "odid, flags, data "
      "FROM cards WHERE id=?",
      id);
  if (!row.Next()) return std::nullopt;
  return CardEntry{.id = id,
                   .note_id = row.As<NoteId>(0),
                   .deck_id = row.As<DeckId>(1),
                   .ord = static_cast<std::uint16_t>(row.Int(2)),
                   .mtime = row.As<UnixSeconds>(3),
                   .usn = row.As<Usn>(4),
                   .type = static_cast<std::uint8_t>(row.Int(5)),
                   .queue = static_cast<std::int8_t>(row.Int(6)),
                   .due = static_cast<std::int32_t>(row.Int(7)),
                   .ivl = static_cast<std::uint32_t>(row.Int(8)),
                   .factor = static_cast<std::uint16_t>(row.Int(9)),
                   .reps = static_cast<std::uint32_t>(row.Int(10)),
                   .lapses = static_cast<std::uint32_t>(row.Int(11)),
                   .left = static_cast<std::uint32_t>(row.Int(12)),
                   .odue = static_cast<std::int32_t>(row.Int(13)),
                   .odid = row.As<DeckId>(14),
                   .flags = static_cast<std::uint8_t>(row.Int(15)),
                   .data = std::string(row.Text(16))};
}

// INSERT OR REPLACE would write every index anew, and four times as much undo for itself.
void CardTable::Put(const CardEntry& card) {
  const auto updated = db_.Execute(
      "UPDATE cards SET nid=?2, did=?3, ord=?4, mod=?5, usn=?6, type=?7, queue=?8, due=?9, "
      "ivl=?10, factor=?11, reps=?12, lapses=?13, left=?14, odue=?15, odid=?16, flags=?17, "
      "data=?18 WHERE id=?1",
      card.id, card.note_id, card.deck_id, card.ord, card.mtime, card.usn, card.type, card.queue,
      card.due, card.ivl, card.factor, card.reps, card.lapses, card.left, card.odue, card.odid,
      card.flags, card.data);
  if (updated > 0) return;
  db_.Execute("INSERT INTO cards VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", card.id,
              card.note_id, card.deck_id, card.ord, card.mtime, card.usn, card.type, card.queue,
              card.due, card.ivl, card.factor, card.reps, card.lapses, card.left, card.odue,
              card.odid, card.flags, card.data);
}

bool CardTable::Remove(CardId id) { return db_.Execute("DELETE FROM cards WHERE id=?", id) > 0; }

std::vector<CardId> CardTable::ChangedSince(Usn usn) {
  return IdsOf<CardId>(usn == kUnsent ? db_.Query("SELECT id FROM cards WHERE usn=-1")
                                      : db_.Query("SELECT id FROM cards WHERE usn>=?", usn));
}

std::int64_t CardTable::Count() { return db_.Int("SELECT count(*) FROM cards"); }

bool CardTable::Any() { return db_.Any("SELECT 1 FROM cards LIMIT 1"); }

bool CardTable::AnyUnsent() { return db_.Any("SELECT 1 FROM cards WHERE usn=-1 LIMIT 1"); }

void CardTable::UnburyAll() {
  struct Buried {
    CardId id;
    int queue;
  };
  std::vector<Buried> buried;
  {
    // From deck to deck along the index (did, queue, due), so that a large collection is not read
    // as a whole.
    sqlite::Cursor row = db_.Query(
        "WITH RECURSIVE deck(id) AS (SELECT min(did) FROM cards UNION ALL "
        "SELECT (SELECT min(did) FROM cards WHERE did > deck.id) FROM deck WHERE deck.id IS NOT "
        "NULL) "
        "SELECT cards.id, type, due FROM deck CROSS JOIN cards ON did=deck.id AND queue IN "
        "(-2,-3)");
    while (row.Next()) {
      buried.push_back(
          {row.As<CardId>(0), UnburiedQueue(static_cast<int>(row.Int(1)), row.Int(2))});
    }
  }
  for (const Buried& card : buried)
    db_.Execute("UPDATE cards SET queue=? WHERE id=?", card.queue, card.id);
}

}  // namespace ankisync
