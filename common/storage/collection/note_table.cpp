// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/note_table.h"

#include "common/storage/collection/changed_since.h"

namespace ankisync {

std::optional<Stamp> NoteTable::StampOf(NoteId id) {
  sqlite::Cursor row = db_.Query("SELECT usn, mod FROM notes WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return Stamp{row.As<Usn>(0), row.As<UnixSeconds>(1)};
}

std::optional<NoteEntry> NoteTable::Get(NoteId id) {
  sqlite::Cursor row =
      db_.Query("SELECT guid, mid, mod, usn, tags, flds FROM notes WHERE id=?", id);
  if (!row.Next()) return std::nullopt;
  return NoteEntry{.id = id,
                   .guid = std::string(row.Text(0)),
                   .notetype_id = row.As<NotetypeId>(1),
                   .mtime = row.As<UnixSeconds>(2),
                   .usn = row.As<Usn>(3),
                   .tags = std::string(row.Text(4)),
                   .fields = std::string(row.Text(5))};
}

void NoteTable::Put(const NoteEntry& note, const NoteText& text) {
  // As with cards. The sort field is bound as text: the column's affinity makes a number of what
  // looks like one.
  const auto updated = db_.Execute(
      "UPDATE notes SET guid=?2, mid=?3, mod=?4, usn=?5, tags=?6, flds=?7, sfld=?8, csum=?9, "
      "flags=0, data='' WHERE id=?1",
      note.id, note.guid, note.notetype_id, note.mtime, note.usn, text.tags, text.fields,
      text.sort_field, text.checksum);
  if (updated > 0) return;
  db_.Execute("INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,0,'')", note.id, note.guid,
              note.notetype_id, note.mtime, note.usn, text.tags, text.fields, text.sort_field,
              text.checksum);
}

bool NoteTable::Remove(NoteId id) { return db_.Execute("DELETE FROM notes WHERE id=?", id) > 0; }

std::vector<NoteId> NoteTable::ChangedSince(Usn usn) {
  return IdsOf<NoteId>(usn == kUnsent ? db_.Query("SELECT id FROM notes WHERE usn=-1")
                                      : db_.Query("SELECT id FROM notes WHERE usn>=?", usn));
}

std::int64_t NoteTable::Count() { return db_.Int("SELECT count(*) FROM notes"); }

bool NoteTable::AnyUnsent() { return db_.Any("SELECT 1 FROM notes WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
