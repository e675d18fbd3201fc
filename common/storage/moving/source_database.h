// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "common/sqlite/connection.h"

namespace ankisync {

// Copies another server's database with its WAL to `to`, which is ours to open and change: what
// its last, perhaps unclean, stop left in the WAL counts, and the source stays as it was.
// Shares the blocks where the file system can. Errors: kUnavailable when a program still has the
// source open; those of core/files.h.
void CopyForeignDatabase(const std::filesystem::path& source, const std::filesystem::path& to);

// Such a copy, open for reading, gone with this object.
class SourceDatabase {
 public:
  SourceDatabase(const std::filesystem::path& source, const std::filesystem::path& scratch_folder);
  ~SourceDatabase();
  SourceDatabase(const SourceDatabase&) = delete;
  SourceDatabase& operator=(const SourceDatabase&) = delete;

  sqlite::Connection& db() { return *db_; }

 private:
  std::filesystem::path copy_;
  std::unique_ptr<sqlite::Connection> db_;
};

// For telling table layouts apart.
bool HasTable(sqlite::Connection& db, std::string_view table);
bool HasColumn(sqlite::Connection& db, std::string_view table, std::string_view column);

}  // namespace ankisync
