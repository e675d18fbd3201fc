// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/shared_database.h"

#include <sys/stat.h>

#include <string>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/wal_index.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void ThrowUnavailable(const fs::path& file, const std::string& why) {
  throw SyncError(ErrorKind::kUnavailable, file.string() + " " + why);
}

}  // namespace

FileLock LockDatabase(const fs::path& database, std::chrono::milliseconds wait) {
  auto lock = FileLock::Acquire(database.string() + ".lock", wait);
  if (!lock) {
    ThrowUnavailable(database, "is being written by another process for over " +
                                   std::to_string(wait.count()) + " ms");
  }
  return std::move(*lock);
}

SharedDatabase::SharedDatabase(fs::path file, const Schema& schema, IfMissing if_missing,
                               const Settings& settings)
    : file_(std::move(file)), settings_(settings) {
  std::error_code unreadable;
  const bool exists = fs::exists(file_, unreadable);
  if (!exists && if_missing == IfMissing::kRefuse) {
    ThrowUnavailable(file_,
                     "is missing from a volume that holds users' data: restore it from a backup, "
                     "or make an empty file of that name to begin a new one");
  }
  const FileLock lock = LockDatabase(file_, settings_.lock_wait);
  connection_ = std::make_unique<sqlite::Connection>(
      file_, sqlite::OpenMode::kCreate, sqlite::Settings{.cache_kib = settings_.cache_kib});
  // By name: a descriptor of ours, when closed, would drop SQLite's locks.
  if (!exists && ::chmod(file_.c_str(), 0600) != 0) ThrowErrno("restrict", file_);
  Prepare(schema);
}

void SharedDatabase::Prepare(const Schema& schema) {
  sqlite::Connection& db = *connection_;
  const bool is_new = !db.Any("SELECT 1 FROM sqlite_master");
  if (!is_new && db.Int("PRAGMA application_id") != schema.application_id)
    ThrowUnavailable(file_, "was not made by this server");
  if (!is_new && db.Int("PRAGMA user_version") != schema.version)
    ThrowUnavailable(file_, "was made by another version of this server");
  if (db.Text("PRAGMA journal_mode=wal") != "wal")
    ThrowUnavailable(file_, "lies on a file system that cannot carry a write-ahead log");
  db.Script("PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=0");
  if (is_new) {
    sqlite::Transaction transaction(db);
    db.Script(schema.create);
    transaction.Commit();
  }
}

SharedDatabase::~SharedDatabase() {
  try {
    const auto lock = FileLock::Acquire(file_.string() + ".lock", settings_.lock_wait);
    if (lock) sqlite::CheckpointPassively(*connection_);
    connection_.reset();        // the last one to close checkpoints too
  } catch (const SyncError&) {  // the WAL keeps what was committed
  }
}

SharedDatabase::Change::Change(SharedDatabase& database)
    : database_(database),
      in_process_(database.mutex_),
      lock_(LockDatabase(database.file_, database.settings_.lock_wait)),
      transaction_(*database.connection_) {}

void SharedDatabase::Change::Commit() {
  transaction_.Commit();
  if (sqlite::WalBytes(db()) > database_.settings_.wal_bytes_max) sqlite::CheckpointPassively(db());
}

std::unique_ptr<sqlite::Connection> SharedDatabase::OpenReader() const {
  return std::make_unique<sqlite::Connection>(
      file_, sqlite::OpenMode::kReadWrite,
      sqlite::Settings{.busy_timeout = settings_.reader_busy_timeout});
}

}  // namespace ankisync
