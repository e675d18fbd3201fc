// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// The collection's configuration: key → JSON text of any kind, owned as a whole by the side that is
// newer.
class ConfigTable {
 public:
  explicit ConfigTable(sqlite::Connection& db) : db_(db) {}

  std::optional<std::string> Get(std::string_view key);
  void Set(std::string_view key, std::string_view json, Usn usn, UnixSeconds mtime);

  // Rows whose value is no JSON, or stored as other than a blob, are left out: no client could read
  // them either, nor anything that was sent along with them.
  std::map<std::string, std::string> All();
  // Every row goes; these come.
  void ReplaceAll(const std::map<std::string, std::string>& values, Usn usn, UnixSeconds mtime);

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
