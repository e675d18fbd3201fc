// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/notetype_table.h"

#include "common/storage/collection/changed_since.h"
#include "common/storage/collection/proto/notetype_json.h"

namespace ankisync {

std::optional<NotetypeRow> NotetypeTable::Get(NotetypeId id) {
  NotetypeRow notetype;
  {
    sqlite::Cursor row =
        db_.Query("SELECT name, mtime_secs, usn, config FROM notetypes WHERE id=?", id);
    if (!row.Next()) return std::nullopt;
    notetype.id = id;
    notetype.name = row.Text(0);
    notetype.mtime = row.As<UnixSeconds>(1);
    notetype.usn = row.As<Usn>(2);
    notetype.config = row.Bytes(3);
  }
  ReadParts(notetype);
  return notetype;
}

void NotetypeTable::ReadParts(NotetypeRow& notetype) {
  sqlite::Cursor field =
      db_.Query("SELECT name, config FROM fields WHERE ntid=? ORDER BY ord", notetype.id);
  while (field.Next())
    notetype.fields.push_back({std::string(field.Text(0)), std::string(field.Bytes(1))});
  sqlite::Cursor card =
      db_.Query("SELECT name, config FROM templates WHERE ntid=? ORDER BY ord", notetype.id);
  while (card.Next())
    notetype.templates.push_back({std::string(card.Text(0)), std::string(card.Bytes(1))});
}

std::optional<NotetypeId> NotetypeTable::IdOf(std::string_view name) {
  sqlite::Cursor row = db_.Query("SELECT id FROM notetypes WHERE name=?", name);
  if (!row.Next()) return std::nullopt;
  return row.As<NotetypeId>(0);
}

std::optional<NoteShape> NotetypeTable::ShapeOf(NotetypeId id) {
  sqlite::Cursor row = db_.Query(
      "SELECT config, (SELECT count(*) FROM fields WHERE ntid=?1) FROM notetypes WHERE id=?1", id);
  if (!row.Next()) return std::nullopt;
  return NoteShape{static_cast<std::size_t>(row.Int(1)), SortFieldIndex(row.Bytes(0))};
}

void NotetypeTable::Put(const NotetypeRow& notetype) {
  db_.Execute(
      "INSERT INTO notetypes VALUES (?1,?2,?3,?4,?5) ON CONFLICT (id) DO UPDATE SET "
      "name=?2, mtime_secs=?3, usn=?4, config=?5",
      notetype.id, notetype.name, notetype.mtime, notetype.usn, sqlite::Blob{notetype.config});
  db_.Execute("DELETE FROM fields WHERE ntid=?", notetype.id);
  db_.Execute("DELETE FROM templates WHERE ntid=?", notetype.id);
  int ord = 0;
  for (const FieldRow& field : notetype.fields) {
    db_.Execute("INSERT INTO fields VALUES (?,?,?,?)", notetype.id, ord++, field.name,
                sqlite::Blob{field.config});
  }
  ord = 0;
  for (const TemplateRow& card : notetype.templates) {
    db_.Execute("INSERT INTO templates VALUES (?,?,?,0,0,?)", notetype.id, ord++, card.name,
                sqlite::Blob{card.config});
  }
}

std::vector<NotetypeRow> NotetypeTable::ChangedSince(Usn usn) {
  const auto ids =
      IdsOf<NotetypeId>(usn == kUnsent ? db_.Query("SELECT id FROM notetypes WHERE usn=-1")
                                       : db_.Query("SELECT id FROM notetypes WHERE usn>=?", usn));
  std::vector<NotetypeRow> notetypes;
  for (const NotetypeId id : ids) notetypes.push_back(*Get(id));
  return notetypes;
}

std::int64_t NotetypeTable::Count() { return db_.Int("SELECT count(*) FROM notetypes"); }

bool NotetypeTable::AnyUnsent() { return db_.Any("SELECT 1 FROM notetypes WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
