// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/tag_table.h"

#include "common/storage/collection/changed_since.h"

namespace ankisync {

std::optional<std::string> TagTable::Find(std::string_view name) {
  sqlite::Cursor row = db_.Query("SELECT tag FROM tags WHERE tag=?", name);
  if (!row.Next()) return std::nullopt;
  return std::string(row.Text(0));
}

void TagTable::Add(std::string_view name, Usn usn) {
  // A new tag's branch is shown collapsed, as clients do it.
  db_.Execute("INSERT INTO tags(tag, usn, collapsed) VALUES (?,?,1)", name, usn);
}

std::vector<std::string> TagTable::ChangedSince(Usn usn) {
  std::vector<std::string> tags;
  sqlite::Cursor row = usn == kUnsent ? db_.Query("SELECT tag FROM tags WHERE usn=-1")
                                      : db_.Query("SELECT tag FROM tags WHERE usn>=?", usn);
  while (row.Next()) tags.emplace_back(row.Text(0));
  return tags;
}

bool TagTable::AnyUnsent() { return db_.Any("SELECT 1 FROM tags WHERE usn=-1 LIMIT 1"); }

}  // namespace ankisync
