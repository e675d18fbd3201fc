// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/revlog_table.h"

#include "common/storage/collection/changed_since.h"

namespace ankisync {

std::optional<RevlogEntry> RevlogTable::Get(RevlogId id) {
  sqlite::Cursor row = db_.Query(
      "SELECT cid, usn, ease, ivl, lastIvl, factor, time, type FROM revlog WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return RevlogEntry{.id = id,
                     .card_id = row.As<CardId>(0),
                     .usn = row.As<Usn>(1),
                     .button = static_cast<std::uint8_t>(row.Int(2)),
                     .ivl = static_cast<std::int32_t>(row.Int(3)),
                     .last_ivl = static_cast<std::int32_t>(row.Int(4)),
                     .factor = static_cast<std::uint32_t>(row.Int(5)),
                     .taken_ms = static_cast<std::uint32_t>(row.Int(6)),
                     .kind = static_cast<std::uint8_t>(row.Int(7))};
}

bool RevlogTable::AddIfNew(const RevlogEntry& review) {
  return db_.Execute("INSERT OR IGNORE INTO revlog VALUES (?,?,?,?,?,?,?,?,?)", review.id,
                     review.card_id, review.usn, review.button, review.ivl, review.last_ivl,
                     review.factor, review.taken_ms, review.kind) > 0;
}

std::vector<RevlogId> RevlogTable::ChangedSince(Usn usn) {
  return IdsOf<RevlogId>(usn == kUnsent ? db_.Query("SELECT id FROM revlog WHERE usn=-1")
                                        : db_.Query("SELECT id FROM revlog WHERE usn>=?", usn));
}

std::int64_t RevlogTable::Count() { return db_.Int("SELECT count(*) FROM revlog"); }

bool RevlogTable::AnyUnsent() { return db_.Any("SELECT 1 FROM revlog WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
