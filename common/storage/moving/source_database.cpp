// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/source_database.h"

#include <fcntl.h>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

fs::path SideFile(const fs::path& database, const char* suffix) {
  return database.string() + suffix;
}

// SQLite's locks are record locks of the database or, under a WAL, of its -shm.
bool IsLocked(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return false;
  const UniqueFd fd = OpenFile(file, O_RDONLY);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd.get(), F_OFD_GETLK, &lock) != 0) ThrowErrno("ask for locks of", file);
  return lock.l_type != F_UNLCK;
}

void RemoveWithSideFiles(const fs::path& database) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    fs::remove(SideFile(database, suffix), ignored);
}

}  // namespace

void CopyForeignDatabase(const fs::path& source, const fs::path& to) {
  if (IsLocked(source) || IsLocked(SideFile(source, "-shm"))) {
    throw SyncError(ErrorKind::kUnavailable,
                    source.string() + " is open in another program: stop the old server first");
  }
  RemoveWithSideFiles(to);
  for (const char* suffix : {"-wal", "-journal", ""}) {
    const fs::path from = SideFile(source, suffix);
    if (*suffix == '\0' || fs::exists(from)) CloneFile(from, SideFile(to, suffix));
  }
}

SourceDatabase::SourceDatabase(const fs::path& source, const fs::path& scratch_folder)
    : copy_(scratch_folder / (source.filename().string() + ".moving")) {
  CopyForeignDatabase(source, copy_);
  try {
    db_ = std::make_unique<sqlite::Connection>(copy_, sqlite::OpenMode::kReadWrite,
                                               sqlite::Settings{.trust = sqlite::Trust::kForeign});
  } catch (const SyncError&) {
    RemoveWithSideFiles(copy_);
    throw;
  }
}

SourceDatabase::~SourceDatabase() {
  db_.reset();
  RemoveWithSideFiles(copy_);
}

bool HasTable(sqlite::Connection& db, std::string_view table) {
  return db.Any("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table);
}

bool HasColumn(sqlite::Connection& db, std::string_view table, std::string_view column) {
  return db.Any("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", table, column);
}

}  // namespace ankisync
