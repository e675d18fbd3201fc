// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_index.h"

#include <algorithm>

#include "common/core/error.h"
#include "common/sqlite/transaction.h"
#include "common/storage/media/index_rows.h"

namespace ankisync {
namespace {

using sqlite::Connection;
using sqlite::Cursor;

// An upload of 25 files writes some 200 KB.
constexpr std::int64_t kWalBytesMax = std::int64_t{4} << 20;
constexpr int kCacheKib = 512;  // many indexes are open at a time

constexpr SharedDatabase::Schema kSchema{.application_id = 0x416B4D64,  // "AkMd"
                                         .version = 1,
                                         .create = R"sql(
      PRAGMA application_id = 0x416B4D64;
      PRAGMA user_version = 1;

      CREATE TABLE media (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        usn INTEGER NOT NULL CHECK (usn BETWEEN 1 AND 2147483647),
        state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),  -- live, deleted, withdrawn
        sha1 BLOB NOT NULL CHECK (length(sha1) = 20),
        crc32 INTEGER NOT NULL,
        size INTEGER NOT NULL CHECK (size > 0),
        changed_s INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX media_listed ON media (usn) WHERE state <> 2;

      CREATE TABLE former (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha1 BLOB NOT NULL,
        crc32 INTEGER NOT NULL,
        size INTEGER NOT NULL,
        ended_s INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX former_end ON former (ended_s);

      CREATE TABLE totals (
        last_usn INTEGER NOT NULL,
        files INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        epoch INTEGER NOT NULL
      ) STRICT;
      INSERT INTO totals VALUES (0, 0, 0, 0);

      CREATE TABLE ahead (
        id INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        session TEXT NOT NULL,
        UNIQUE (device, session)
      ) STRICT;
    )sql"};

}  // namespace

Sha1Digest DigestFrom(std::string_view bytes) {
  Sha1Digest digest;
  if (bytes.size() != digest.size())
    throw SyncError(ErrorKind::kInternal, "a row of a media index holds no SHA-1");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

MediaContent ContentFrom(const Cursor& row, int column) {
  return {DigestFrom(row.Bytes(column)), static_cast<std::uint32_t>(row.Int(column + 1)),
          static_cast<std::uint64_t>(row.Int(column + 2))};
}

MediaIndex::Totals ReadTotals(Connection& db) {
  Cursor row = db.Query("SELECT last_usn, files, bytes, epoch FROM totals");
  if (!row.Next()) throw SyncError(ErrorKind::kInternal, "a media index without totals");
  return {row.As<Usn>(0), row.Int(1), row.Int(2), row.Int(3)};
}

Cursor ReadReferenced(Connection& db) {
  return db.Query("SELECT sha1 FROM media WHERE state = 0 UNION ALL SELECT sha1 FROM former");
}

MediaIndex::MediaIndex(std::filesystem::path file, SharedDatabase::IfMissing if_missing)
    : database_(std::move(file), kSchema, if_missing,
                {.wal_bytes_max = kWalBytesMax, .cache_kib = kCacheKib}) {}

MediaIndex::Totals MediaIndex::totals() {
  return database_.Read([this](Connection& db) {
    if (!watch_) watch_.emplace(db);
    if (watch_->HasChanged()) totals_.reset();
    if (!totals_) totals_ = ReadTotals(db);
    return *totals_;
  });
}

std::vector<MediaIndex::Listed> MediaIndex::ChangesAfter(Usn usn, int rows_max) {
  return database_.Read([&](Connection& db) {
    std::vector<Listed> changes;
    // Without ORDER BY clients would take a position that skips rows.
    Cursor row = db.Query(
        "SELECT name, usn, state, sha1 FROM media WHERE usn > ? AND state <> 2 ORDER BY usn "
        "LIMIT ?",
        usn, rows_max);
    while (row.Next()) {
      Listed& listed = changes.emplace_back(Listed{std::string(row.Text(0)), row.As<Usn>(1), {}});
      if (row.As<State>(2) == State::kLive) listed.sha1 = DigestFrom(row.Bytes(3));
    }
    return changes;
  });
}

std::vector<std::optional<MediaContent>> MediaIndex::Live(std::span<const std::string> names) {
  return database_.Read([&](Connection& db) {
    const sqlite::Transaction at_once(db, sqlite::Transaction::Kind::kRead);
    std::vector<std::optional<MediaContent>> contents;
    for (const std::string& name : names) {
      Cursor row =
          db.Query("SELECT sha1, crc32, size FROM media WHERE name = ? AND state = 0", name);
      contents.push_back(row.Next() ? std::optional(ContentFrom(row, 0)) : std::nullopt);
    }
    return contents;
  });
}

std::vector<MediaIndex::Row> MediaIndex::RowsAfter(std::string_view name, int rows_max) {
  return database_.Read([&](Connection& db) {
    std::vector<Row> rows;
    Cursor row = db.Query(
        "SELECT name, state, sha1, crc32, size FROM media WHERE name > ? AND state <> 1 "
        "ORDER BY name LIMIT ?",
        name, rows_max);
    while (row.Next())
      rows.push_back({std::string(row.Text(0)), row.As<State>(1), ContentFrom(row, 2)});
    return rows;
  });
}

std::vector<MediaIndex::Former> MediaIndex::FormerSince(UnixSeconds since) {
  return database_.Read([&](Connection& db) {
    std::vector<Former> former;
    Cursor row = db.Query(
        "SELECT name, former.sha1, former.crc32, former.size, ended_s, state "
        "FROM former JOIN media USING (name) WHERE former.id IN "
        "(SELECT max(id) FROM former GROUP BY name) AND ended_s >= ? ORDER BY former.id DESC",
        since);
    while (row.Next()) {
      former.push_back({std::string(row.Text(0)), ContentFrom(row, 1), row.As<UnixSeconds>(4),
                        row.As<State>(5)});
    }
    return former;
  });
}

bool MediaIndex::HasFormer(UnixSeconds before) {
  return database_.Read(
      [&](Connection& db) { return db.Any("SELECT 1 FROM former WHERE ended_s < ?", before); });
}

std::vector<Sha1Digest> MediaIndex::Referenced() {
  return database_.Read([](Connection& db) {
    std::vector<Sha1Digest> contents;
    Cursor row = ReadReferenced(db);
    while (row.Next()) contents.push_back(DigestFrom(row.Bytes(0)));
    std::sort(contents.begin(), contents.end());
    return contents;
  });
}

MediaIndex::Totals MediaIndex::TotalsIn(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return {};
  sqlite::Connection db(file, sqlite::OpenMode::kReadWrite, {.cache_kib = 64});
  return ReadTotals(db);
}

MediaIndex::Statistics MediaIndex::Count() {
  return database_.Read([](Connection& db) {
    Statistics statistics;
    statistics.totals = ReadTotals(db);
    statistics.deleted = db.Int("SELECT count(*) FROM media WHERE state = 1");
    statistics.withdrawn = db.Int("SELECT count(*) FROM media WHERE state = 2");
    statistics.former = db.Int("SELECT count(*) FROM former");
    statistics.former_bytes = db.Int("SELECT coalesce(sum(size), 0) FROM former");
    return statistics;
  });
}

void MediaIndex::RememberAhead(DeviceId device, std::string_view session) {
  SharedDatabase::Change change(database_);
  change.db().Execute("INSERT OR IGNORE INTO ahead (device, session) VALUES (?, ?)", device,
                      session);
  // Sessions that never asked again: of these only the latest are kept.
  change.db().Execute(
      "DELETE FROM ahead WHERE id NOT IN (SELECT id FROM ahead ORDER BY id DESC LIMIT 64)");
  change.Commit();
}

bool MediaIndex::TakeAhead(DeviceId device, std::string_view session) {
  const bool is_known = database_.Read([&](Connection& db) {
    return db.Any("SELECT 1 FROM ahead WHERE device = ? AND session = ?", device, session);
  });
  if (!is_known) return false;
  SharedDatabase::Change change(database_);
  change.db().Execute("DELETE FROM ahead WHERE device = ? AND session = ?", device, session);
  change.Commit();
  return true;
}

}  // namespace ankisync
