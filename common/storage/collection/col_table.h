// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// The one row of `col`: what concerns the collection as a whole.
struct ColRow {
  UnixSeconds crt{};  // creation: 04:00 of its day
  UnixMillis mod{};   // last change; equal on both sides when in sync
  UnixMillis scm{};   // last change of the schema; if it differs, only a full sync is possible
  UnixMillis ls{};    // last sync
  Usn usn{};          // finished syncs

  bool operator==(const ColRow&) const = default;
};

class ColTable {
 public:
  explicit ColTable(sqlite::Connection& db) : db_(db) {}

  ColRow Get();
  void Set(const ColRow& row);

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
