// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "common/core/ids.h"
#include "common/storage/collection/row_counts.h"

namespace ankisync {

// What a collection's file holds, for people who look for the right one among many.
struct CollectionFacts {
  UnixMillis mod{};
  UnixMillis scm{};
  Usn usn{};
  RowCounts counts;
  std::string damage;  // what integrity_check says; empty: all is well
};

// Reads all of a file that nobody writes. What SQLite cannot read is its damage, not an error;
// other errors: those of sqlite::Connection.
CollectionFacts ExamineCollection(const std::filesystem::path& file);

}  // namespace ankisync
