// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_import.h"

#include <algorithm>

#include "common/storage/media/index_rows.h"

namespace ankisync {

using State = MediaIndex::State;

MediaImport::MediaImport(MediaIndex& index)
    : change_(index.database_), db_(change_.db()), totals_(ReadTotals(db_)) {}

void MediaImport::Put(const Row& row) {
  if (Has(row.name)) return;
  db_.Execute(
      "INSERT INTO media (name, usn, state, sha1, crc32, size, changed_s)"
      " VALUES (?, ?, ?, ?, ?, max(?, 1), ?)",
      row.name, row.usn, row.is_deleted ? State::kDeleted : State::kLive,
      sqlite::Blob{Bytes(row.content.sha1)}, row.content.crc32,
      static_cast<std::int64_t>(row.content.size), row.changed);
  if (row.is_deleted) return;
  ++totals_.files;
  totals_.bytes += static_cast<std::int64_t>(row.content.size);
}

bool MediaImport::Has(std::string_view name) {
  return db_.Any("SELECT 1 FROM media WHERE name = ?", name);
}

void MediaImport::Commit(Usn last_usn) {
  db_.Execute("UPDATE totals SET last_usn = ?, files = ?, bytes = ?",
              std::max(last_usn, totals_.last_usn), totals_.files, totals_.bytes);
  change_.Commit();
}

std::vector<MediaImport::Row> MediaImport::RowsOf(MediaIndex& index) {
  return index.database_.Read([](sqlite::Connection& db) {
    std::vector<Row> rows;
    sqlite::Cursor row = db.Query(
        "SELECT name, usn, state, sha1, crc32, size, changed_s FROM media WHERE state <> 2"
        " ORDER BY usn");
    while (row.Next()) {
      rows.push_back({std::string(row.Text(0)), row.As<Usn>(1), row.As<State>(2) == State::kDeleted,
                      ContentFrom(row, 3), row.As<UnixSeconds>(6)});
    }
    return rows;
  });
}

}  // namespace ankisync
