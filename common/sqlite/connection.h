// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/sqlite/cursor.h"
#include "common/sqlite/sql.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ankisync::sqlite {

enum class OpenMode { kReadOnly, kReadWrite, kCreate };

// What a file from outside may contain: triggers, views and virtual tables that run when it is
// touched.
enum class Trust {
  kOurs,     // written by this server
  kForeign,  // an upload: a schema within bounds, no triggers, views or CHECKs, cells checked
};

struct Settings {
  int cache_kib = 2048;
  std::chrono::milliseconds busy_timeout{5000};
  Trust trust = Trust::kOurs;
};

using Collation = int (*)(std::string_view a, std::string_view b);

// One SQLite connection with its statements, prepared once each. One thread at a time.
// Errors: kUnavailable for what may pass (busy, disk full, I/O, memory, read-only, cannot open),
// kInconsistentData for a violated constraint or a foreign file of too many tables, kInternal for
// the rest, corruption included.
class Connection {
 public:
  Connection(const std::filesystem::path& path, OpenMode mode, const Settings& settings = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // String arguments must outlive the cursor.
  template <typename... Arguments>
  [[nodiscard]] Cursor Query(Sql sql, const Arguments&... arguments) {
    Cursor cursor(*this, sql.text(), Take(sql.text()));
    cursor.BindAll(arguments...);
    return cursor;
  }

  // Runs to the end; returns the number of rows changed.
  template <typename... Arguments>
  std::int64_t Execute(Sql sql, const Arguments&... arguments) {
    Cursor cursor = Query(sql, arguments...);
    while (cursor.Next()) {
    }
    return changes();
  }

  // The first column of the only row.
  template <typename... Arguments>
  std::int64_t Int(Sql sql, const Arguments&... arguments) {
    Cursor cursor = Query(sql, arguments...);
    if (!cursor.Next()) ThrowNoRow(sql.text());
    return cursor.Int(0);
  }
  template <typename... Arguments>
  std::string Text(Sql sql, const Arguments&... arguments) {
    Cursor cursor = Query(sql, arguments...);
    if (!cursor.Next()) ThrowNoRow(sql.text());
    return std::string(cursor.Text(0));
  }
  // Whether there is any row.
  template <typename... Arguments>
  bool Any(Sql sql, const Arguments&... arguments) {
    return Query(sql, arguments...).Next();
  }

  void Script(Sql statements);  // several, without arguments

  // For what a file from outside brings along under a name of its own.
  enum class Droppable { kTrigger, kView, kIndex };
  void Drop(Droppable kind, std::string_view name);

  // Words are equal when the collation says so; to be registered before a file that uses it is
  // touched.
  void AddCollation(const char* name, Collation collation);

  // Called every few thousand steps of a query; true ends the query with kUnavailable. Empty:
  // no check.
  void InterruptWhen(std::function<bool()> over);

  bool in_transaction() const;
  std::int64_t last_insert_rowid() const;
  std::int64_t changes() const;

  // Forgets the pages it has read, and keeps the statements; for a connection that goes idle.
  void ReleasePages();

  std::chrono::milliseconds busy_timeout() const { return busy_timeout_; }
  sqlite3* handle() const { return handle_; }  // for the neighbours in this folder

 private:
  friend class Cursor;
  sqlite3_stmt* Take(const char* sql);
  void GiveBack(const char* sql, sqlite3_stmt* statement) noexcept;
  [[noreturn]] void Throw(int code, std::string_view doing) const;
  [[noreturn]] void ThrowNoRow(std::string_view sql) const;

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> idle_;  // keyed by the literal's address
  std::chrono::milliseconds busy_timeout_;
  std::function<bool()> interrupt_;
};

}  // namespace ankisync::sqlite
