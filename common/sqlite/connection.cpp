// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/connection.h"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include "common/core/error.h"
#include "common/sqlite/errors.h"

namespace ankisync::sqlite {
namespace {

constexpr int kStepsBetweenInterruptChecks = 10'000;

std::array<std::atomic<std::uint64_t>, 5> error_counts{};  // by ErrorCode

void Count(int code) {
  const auto count = [](ErrorCode as) { ++error_counts[static_cast<std::size_t>(as)]; };
  switch (code & 0xFF) {
    case SQLITE_BUSY:
      return count(ErrorCode::kBusy);
    case SQLITE_FULL:
      return count(ErrorCode::kFull);
    case SQLITE_IOERR:
      return count(ErrorCode::kIo);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return count(ErrorCode::kCorrupt);
    default:
      return count(ErrorCode::kOther);
  }
}

ErrorKind KindOf(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_INTERRUPT:
      return ErrorKind::kUnavailable;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return ErrorKind::kInconsistentData;
    default:
      return ErrorKind::kInternal;
  }
}

int FlagsOf(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadOnly:
      return SQLITE_OPEN_READONLY;
    case OpenMode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case OpenMode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return 0;
}

int Compare(void* collation, int a_size, const void* a, int b_size, const void* b) {
  return reinterpret_cast<Collation>(collation)(
      {static_cast<const char*>(a), static_cast<std::size_t>(a_size)},
      {static_cast<const char*>(b), static_cast<std::size_t>(b_size)});
}

int AskInterrupt(void* interrupt) {
  return (*static_cast<std::function<bool()>*>(interrupt))() ? 1 : 0;
}

// Whether the schema was read. SQLite keeps it in memory, takes time that grows with the square of
// its length, and a small file can announce millions of tables.
bool ReadBoundedSchema(sqlite3* handle) {
  constexpr int kChecksMax = 2;  // some thousand objects
  int checks = 0;
  ::sqlite3_progress_handler(
      handle, kStepsBetweenInterruptChecks,
      [](void* counted) { return ++*static_cast<int*>(counted) > kChecksMax ? 1 : 0; }, &checks);
  ::sqlite3_exec(handle, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr);
  ::sqlite3_progress_handler(handle, 0, nullptr, nullptr);
  return checks <= kChecksMax;
}

// What a savepoint would need to undo its changes goes into a temporary file of its own beyond
// this: 16 pages by default, less than a small sync changes.
constexpr int kUndoInMemoryBytes = 4 << 20;

// Before the first use of SQLite in this process.
void Configure() {
  static const bool once = [] {
    ::sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kUndoInMemoryBytes);
    ::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // a lock over all threads
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace

std::uint64_t ErrorCount(ErrorCode code) { return error_counts[static_cast<std::size_t>(code)]; }

Connection::Connection(const std::filesystem::path& path, OpenMode mode, const Settings& settings)
    : busy_timeout_(settings.busy_timeout) {
  Configure();
  const int flags = FlagsOf(mode) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = ::sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    Count(code);
    const std::string reason = handle_ ? ::sqlite3_errmsg(handle_) : "no memory";
    ::sqlite3_close(handle_);
    throw SyncError(KindOf(code), "could not open " + path.string() + ": " + reason);
  }
  ::sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout_.count()));
  ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  if (settings.trust == Trust::kForeign) {
    ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    if (!ReadBoundedSchema(handle_)) {  // the first statement
      ::sqlite3_close(handle_);
      throw SyncError(ErrorKind::kInconsistentData, path.string() + " has too many tables");
    }
    ::sqlite3_exec(handle_, "PRAGMA cell_size_check=on; PRAGMA ignore_check_constraints=on",
                   nullptr, nullptr, nullptr);
  }
  const std::string cache = "PRAGMA cache_size=-" + std::to_string(settings.cache_kib);
  ::sqlite3_exec(handle_, cache.c_str(), nullptr, nullptr, nullptr);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : idle_) ::sqlite3_finalize(statement);
  ::sqlite3_close_v2(handle_);
}

void Connection::ReleasePages() { ::sqlite3_db_release_memory(handle_); }

sqlite3_stmt* Connection::Take(const char* sql) {
  const auto found = idle_.find(sql);
  if (found != idle_.end() && found->second) return std::exchange(found->second, nullptr);
  sqlite3_stmt* statement = nullptr;
  const int code =
      ::sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) Throw(code, sql);
  return statement;
}

// The same SQL may run inside itself; the second statement is not kept then.
void Connection::GiveBack(const char* sql, sqlite3_stmt* statement) noexcept {
  ::sqlite3_reset(statement);
  ::sqlite3_clear_bindings(statement);
  try {
    sqlite3_stmt*& idle = idle_[sql];
    if (!idle) {
      idle = statement;
      return;
    }
  } catch (...) {  // no memory to remember it
  }
  ::sqlite3_finalize(statement);
}

void Connection::Throw(int code, std::string_view doing) const {
  const std::string message = std::string("sqlite: ") + ::sqlite3_errmsg(handle_) + " (" +
                              std::to_string(code) + ") in: " + std::string(doing.substr(0, 120));
  Count(code);
  throw SyncError(KindOf(code), message);
}

void Connection::ThrowNoRow(std::string_view sql) const {
  throw SyncError(ErrorKind::kInternal, "no row from: " + std::string(sql));
}

void Connection::Script(Sql statements) {
  const int code = ::sqlite3_exec(handle_, statements.text(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Throw(code, statements.text());
}

void Connection::Drop(Droppable kind, std::string_view name) {
  const char* const format = kind == Droppable::kTrigger ? "DROP TRIGGER \"%w\""
                             : kind == Droppable::kView  ? "DROP VIEW \"%w\""
                                                         : "DROP INDEX \"%w\"";
  const std::unique_ptr<char, decltype(&::sqlite3_free)> sql(
      ::sqlite3_mprintf(format, std::string(name).c_str()), ::sqlite3_free);
  if (!sql) throw SyncError(ErrorKind::kUnavailable, "out of memory");
  const int code = ::sqlite3_exec(handle_, sql.get(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Throw(code, sql.get());
}

void Connection::AddCollation(const char* name, Collation collation) {
  const int code = ::sqlite3_create_collation(handle_, name, SQLITE_UTF8,
                                              reinterpret_cast<void*>(collation), Compare);
  if (code != SQLITE_OK) Throw(code, name);
}

void Connection::InterruptWhen(std::function<bool()> over) {
  interrupt_ = std::move(over);
  if (interrupt_) {
    ::sqlite3_progress_handler(handle_, kStepsBetweenInterruptChecks, AskInterrupt, &interrupt_);
  } else {
    ::sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  }
}

bool Connection::in_transaction() const { return ::sqlite3_get_autocommit(handle_) == 0; }

std::int64_t Connection::last_insert_rowid() const { return ::sqlite3_last_insert_rowid(handle_); }

std::int64_t Connection::changes() const { return ::sqlite3_changes64(handle_); }

}  // namespace ankisync::sqlite
