// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/database_file.h"

#include <sqlite3.h>

#include <algorithm>

#include "common/core/error.h"
#include "common/sqlite/wal_index.h"

namespace ankisync::sqlite {
namespace {

sqlite3_file* FileOf(Connection& connection) {
  sqlite3_file* file = nullptr;
  ::sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (!file || !file->pMethods) throw SyncError(ErrorKind::kInternal, "a database without a file");
  return file;
}

void Check(int code, const char* doing) {
  if (code != SQLITE_OK) {
    throw SyncError(ErrorKind::kUnavailable,
                    std::string("could not ") + doing + ": " + ::sqlite3_errstr(code));
  }
}

}  // namespace

bool CheckpointAll(Connection& connection) {
  int frames = 0;
  int moved = 0;
  ::sqlite3_busy_timeout(connection.handle(), 0);
  const int code = ::sqlite3_wal_checkpoint_v2(connection.handle(), "main",
                                               SQLITE_CHECKPOINT_TRUNCATE, &frames, &moved);
  ::sqlite3_busy_timeout(connection.handle(), static_cast<int>(connection.busy_timeout().count()));
  return code == SQLITE_OK && frames == moved;
}

void CheckpointPassively(Connection& connection) {
  ::sqlite3_wal_checkpoint_v2(connection.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
}

void CopyDatabase(Connection& from, const std::filesystem::path& to) {
  Connection copy(to, OpenMode::kCreate);
  sqlite3_backup* backup = ::sqlite3_backup_init(copy.handle(), "main", from.handle(), "main");
  if (!backup)
    throw SyncError(ErrorKind::kUnavailable,
                    std::string("could not copy: ") + ::sqlite3_errmsg(copy.handle()));
  const int code = ::sqlite3_backup_step(backup, -1);
  ::sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) Check(code, "copy a database");
}

std::int64_t UsedBytes(Connection& connection) {
  return (connection.Int("PRAGMA page_count") - connection.Int("PRAGMA freelist_count")) *
         connection.Int("PRAGMA page_size");
}

DatabaseImage::DatabaseImage(const std::filesystem::path& path)
    : reader_(std::make_unique<Connection>(path, OpenMode::kReadWrite, Settings{.cache_kib = 64})) {
  reader_->Execute("BEGIN");
  reader_->Int("SELECT count(*) FROM sqlite_master");  // begins to read
  if (WalBytes(*reader_) != 0)
    throw SyncError(ErrorKind::kUnavailable,
                    path.string() + " has writes that are not in the file yet");
  sqlite3_file* file = FileOf(*reader_);
  sqlite3_int64 bytes = 0;
  Check(file->pMethods->xFileSize(file, &bytes), "measure a database");
  size_ = static_cast<std::uint64_t>(bytes);
}

DatabaseImage::~DatabaseImage() = default;

std::size_t DatabaseImage::Read(std::span<char> into) {
  const std::size_t count =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset_));
  if (count == 0) return 0;
  sqlite3_file* file = FileOf(*reader_);
  Check(file->pMethods->xRead(file, into.data(), static_cast<int>(count),
                              static_cast<sqlite3_int64>(offset_)),
        "read a database");
  offset_ += count;
  return count;
}

}  // namespace ankisync::sqlite
