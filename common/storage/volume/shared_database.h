// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "common/sqlite/connection.h"
#include "common/sqlite/transaction.h"
#include "common/storage/volume/file_lock.h"

namespace ankisync {

// The one writer lock of a database that several processes write, `<database>.lock`. SQLite's own
// locks are not enough: up to 3.51.2 two connections that write or checkpoint at the same instant
// can reset the WAL under each other. So every commit and every checkpoint happens under this lock.
// Errors: kUnavailable when another holds it for longer than `wait`.
FileLock LockDatabase(const std::filesystem::path& database, std::chrono::milliseconds wait);

// Such a database: WAL, synchronous FULL, checkpoints only by us and under its lock.
// Threads: any; a change waits for the one before it. Errors: those of sqlite::Connection;
// kUnavailable for a file that is not ours or of a newer version.
class SharedDatabase {
 public:
  struct Schema {
    std::int64_t application_id;  // tells our files from others
    std::int64_t version;
    sqlite::Sql create;  // sets application_id and user_version too
  };

  // kRefuse: an absent file is a lost one. An empty file may always become a database, so that an
  // operator who means it can say so.
  enum class IfMissing { kCreate, kRefuse };

  struct Settings {
    std::chrono::milliseconds lock_wait{5000};
    std::chrono::milliseconds reader_busy_timeout{250};  // readers sit on I/O threads
    std::int64_t wal_bytes_max = std::int64_t{1} << 20;  // beyond it a commit also checkpoints
    int cache_kib = 2048;
  };

  SharedDatabase(std::filesystem::path file, const Schema& schema, IfMissing if_missing,
                 const Settings& settings);
  SharedDatabase(std::filesystem::path file, const Schema& schema, IfMissing if_missing)
      : SharedDatabase(std::move(file), schema, if_missing, Settings()) {}
  ~SharedDatabase();

  // One transaction under the lock; undone unless Commit() is reached.
  class Change {
   public:
    explicit Change(SharedDatabase& database);
    sqlite::Connection& db() { return *database_.connection_; }
    void Commit();

   private:
    SharedDatabase& database_;
    std::lock_guard<std::mutex> in_process_;
    FileLock lock_;
    sqlite::Transaction transaction_;
  };

  // `read(connection)`, for what may wait for a change in this process. What it returns must not
  // refer to a cursor.
  template <typename Reading>
  auto Read(Reading&& reading) {
    const std::lock_guard in_process(mutex_);
    return reading(*connection_);
  }

  // A connection of the caller's, one thread at a time, that only reads.
  std::unique_ptr<sqlite::Connection> OpenReader() const;

 private:
  void Prepare(const Schema& schema);

  std::filesystem::path file_;
  Settings settings_;
  std::mutex mutex_;
  std::unique_ptr<sqlite::Connection> connection_;
};

}  // namespace ankisync
