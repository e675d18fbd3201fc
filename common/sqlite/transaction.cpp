// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/transaction.h"

#include <sqlite3.h>

namespace ankisync::sqlite {

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  if (kind == Kind::kImmediate) {
    connection_.Execute("BEGIN IMMEDIATE");
  } else {
    connection_.Execute("BEGIN");
  }
}

Transaction::~Transaction() {
  // SQLite rolls back by itself on some errors (disk full), so that a ROLLBACK here may find
  // nothing to do.
  if (open_ && connection_.in_transaction()) {
    ::sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::Commit() {
  connection_.Execute("COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) {
  connection_.Execute("SAVEPOINT part");
}

Savepoint::~Savepoint() {
  if (open_ && connection_.in_transaction()) {
    ::sqlite3_exec(connection_.handle(), "ROLLBACK TO part; RELEASE part", nullptr, nullptr,
                   nullptr);
  }
}

void Savepoint::Release() {
  connection_.Execute("RELEASE part");
  open_ = false;
}

}  // namespace ankisync::sqlite
