// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "common/sqlite/connection.h"

// The index of a WAL lies in memory that all connections of a database share, and every commit
// writes its header (https://sqlite.org/walformat.html, section 2.1). It tells here, without a
// system call, what a query would take and drop a lock on the file for. For databases in WAL mode,
// on the connection's thread.
namespace ankisync::sqlite {

// Whether anybody, in any process, committed since the last look; as `PRAGMA data_version` tells
// it. The connection must outlive this.
class CommitWatch {
 public:
  explicit CommitWatch(Connection& connection) : connection_(connection) {}

  // A commit that returned before this was called counts. True at first.
  bool HasChanged();

 private:
  Connection& connection_;
  std::uint32_t* index_ = nullptr;  // mapped by SQLite, as long as the connection lives
  std::array<std::uint32_t, 12> seen_{};
};

// What lies in the WAL; 0 again when a writer begins it anew because all of it is in the file.
std::int64_t WalBytes(Connection& connection);

}  // namespace ankisync::sqlite
