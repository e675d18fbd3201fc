// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/deck_config_table.h"

#include "common/storage/collection/changed_since.h"

namespace ankisync {
namespace {

DeckConfigRow RowAt(const sqlite::Cursor& row) {
  return {.id = row.As<DeckConfigId>(0),
          .name = std::string(row.Text(1)),
          .mtime = row.As<UnixSeconds>(2),
          .usn = row.As<Usn>(3),
          .config = std::string(row.Bytes(4))};
}

}  // namespace

std::optional<DeckConfigRow> DeckConfigTable::Get(DeckConfigId id) {
  sqlite::Cursor row =
      db_.Query("SELECT id, name, mtime_secs, usn, config FROM deck_config WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return RowAt(row);
}

void DeckConfigTable::Put(const DeckConfigRow& preset) {
  db_.Execute("INSERT OR REPLACE INTO deck_config VALUES (?,?,?,?,?)", preset.id, preset.name,
              preset.mtime, preset.usn, sqlite::Blob{preset.config});
}

std::vector<DeckConfigRow> DeckConfigTable::ChangedSince(Usn usn) {
  std::vector<DeckConfigRow> presets;
  sqlite::Cursor row =
      usn == kUnsent
          ? db_.Query("SELECT id, name, mtime_secs, usn, config FROM deck_config WHERE usn=-1")
          : db_.Query("SELECT id, name, mtime_secs, usn, config FROM deck_config WHERE usn>=?",
                      usn);
  while (row.Next()) presets.push_back(RowAt(row));
  return presets;
}

std::int64_t DeckConfigTable::Count() { return db_.Int("SELECT count(*) FROM deck_config"); }

bool DeckConfigTable::AnyUnsent() {
  return db_.Any("SELECT 1 FROM deck_config WHERE usn=-1 LIMIT 1");
}

}  // namespace ankisync
