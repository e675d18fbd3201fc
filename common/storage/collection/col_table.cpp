// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/col_table.h"

#include "common/core/error.h"

namespace ankisync {

ColRow ColTable::Get() {
  sqlite::Cursor row = db_.Query("SELECT crt, mod, scm, ls, usn FROM col");
  if (!row.Next()) throw SyncError(ErrorKind::kInternal, "the table col is empty");
  return {.crt = row.As<UnixSeconds>(0),
          .mod = row.As<UnixMillis>(1),
          .scm = row.As<UnixMillis>(2),
          .ls = row.As<UnixMillis>(3),
          .usn = row.As<Usn>(4)};
}

void ColTable::Set(const ColRow& row) {
  db_.Execute("UPDATE col SET crt=?, mod=?, scm=?, ls=?, usn=?", row.crt, row.mod, row.scm, row.ls,
              row.usn);
}

}  // namespace ankisync
