// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/config_table.h"

namespace ankisync {

std::optional<std::string> ConfigTable::Get(std::string_view key) {
  sqlite::Cursor row = db_.Query("SELECT val FROM config WHERE KEY=?", key);
  if (!row.Next()) return std::nullopt;
  return std::string(row.Bytes(0));
}

void ConfigTable::Set(std::string_view key, std::string_view json, Usn usn, UnixSeconds mtime) {
  db_.Execute("INSERT OR REPLACE INTO config VALUES (?,?,?,?)", key, usn, mtime,
              sqlite::Blob{json});
}

std::map<std::string, std::string> ConfigTable::All() {
  std::map<std::string, std::string> values;
  sqlite::Cursor row = db_.Query(
      "SELECT KEY, val FROM config WHERE typeof(val)='blob' AND json_valid(CAST(val AS TEXT))");
  while (row.Next()) values.emplace(row.Text(0), row.Bytes(1));
  return values;
}

void ConfigTable::ReplaceAll(const std::map<std::string, std::string>& values, Usn usn,
                             UnixSeconds mtime) {
  db_.Execute("DELETE FROM config");
  for (const auto& [key, json] : values) Set(key, json, usn, mtime);
}

}  // namespace ankisync
