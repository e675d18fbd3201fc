// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "common/sqlite/connection.h"

namespace ankisync::sqlite {

// For tests alone: a statement that was read at run time, from a golden case. `texts` go to its
// question marks.
inline void RunTestSql(Connection& db, const std::string& sql,
                       const std::vector<std::string>& texts = {}) {
  sqlite3_stmt* statement = nullptr;
  int code = ::sqlite3_prepare_v2(db.handle(), sql.c_str(), -1, &statement, nullptr);
  for (std::size_t i = 0; code == SQLITE_OK && i < texts.size(); ++i) {
    code = ::sqlite3_bind_text64(statement, static_cast<int>(i + 1), texts[i].data(),
                                 texts[i].size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  while (code == SQLITE_OK || code == SQLITE_ROW) code = ::sqlite3_step(statement);
  ::sqlite3_finalize(statement);
  if (code != SQLITE_DONE) throw std::runtime_error(sql + ": " + ::sqlite3_errmsg(db.handle()));
}

}  // namespace ankisync::sqlite
