// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/sqlite/connection.h"

namespace ankisync::sqlite {

// Rolled back unless Commit() is reached. kImmediate takes the write lock at once, so that nothing
// fails half-way for it.
class Transaction {
 public:
  enum class Kind { kRead, kImmediate };

  explicit Transaction(Connection& connection, Kind kind = Kind::kImmediate);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void Commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// A part of a transaction that can be undone alone: released when it is left, rolled back when an
// exception leaves it.
class Savepoint {
 public:
  explicit Savepoint(Connection& connection);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void Release();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace ankisync::sqlite
