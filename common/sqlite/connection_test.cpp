// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/connection.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <fstream>

#include "common/core/error.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/errors.h"
#include "common/sqlite/transaction.h"

namespace ankisync::sqlite {
namespace {

class Database : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "sqlite-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    db_.emplace(path(), OpenMode::kCreate);
    db_->Script(
        "PRAGMA journal_mode=wal; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT UNIQUE, blob "
        "BLOB)");
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path path() const { return folder_ / "db"; }

  std::filesystem::path folder_;
  std::optional<Connection> db_;
};

TEST_F(Database, BindsTextAndBlobsWithTheirTypesAndLengths) {
  db_->Execute("INSERT INTO t VALUES (?,?,?)", 1, std::string_view("a\0b", 3),
               Blob{std::string_view("\0", 1)});
  Cursor row = db_->Query("SELECT typeof(text), text, typeof(blob), blob FROM t");
  ASSERT_TRUE(row.Next());
  EXPECT_EQ(row.Text(0), "text");
  EXPECT_EQ(row.Text(1), std::string_view("a\0b", 3));
  EXPECT_EQ(row.Text(2), "blob");
  EXPECT_EQ(row.Bytes(3), std::string_view("\0", 1));
}

TEST_F(Database, AQueryMayRunInsideItself) {
  db_->Script("INSERT INTO t(id) VALUES (1), (2)");
  int pairs = 0;
  const auto each = [this](auto&& visit) {
    Cursor row = db_->Query("SELECT id FROM t");
    while (row.Next()) visit();
  };
  each([&] { each([&] { ++pairs; }); });
  EXPECT_EQ(pairs, 4);
}

TEST_F(Database, ATransactionThatIsLeftByAnExceptionChangesNothing) {
  try {
    Transaction transaction(*db_);
    db_->Execute("INSERT INTO t(id) VALUES (1)");
    throw SyncError(ErrorKind::kInternal, "half-way");
  } catch (const SyncError&) {
  }
  EXPECT_FALSE(db_->Any("SELECT 1 FROM t"));
  {
    Transaction transaction(*db_);
    db_->Execute("INSERT INTO t(id) VALUES (1)");
    transaction.Commit();
  }
  EXPECT_TRUE(db_->Any("SELECT 1 FROM t"));
}

TEST_F(Database, ASavepointUndoesItsPartOnly) {
  Transaction transaction(*db_);
  db_->Execute("INSERT INTO t(id) VALUES (1)");
  {
    Savepoint part(*db_);
    db_->Execute("INSERT INTO t(id) VALUES (2)");
  }
  transaction.Commit();
  EXPECT_EQ(db_->Int("SELECT group_concat(id) FROM t"), 1);
}

TEST_F(Database, AViolatedConstraintIsInconsistentDataAndALockIsUnavailable) {
  db_->Execute("INSERT INTO t(id, text) VALUES (1, 'x')");
  const auto kind_of = [](auto&& action) {
    try {
      action();
    } catch (const SyncError& error) {
      return error.kind();
    }
    throw std::logic_error("no error");
  };
  EXPECT_EQ(kind_of([&] { db_->Execute("INSERT INTO t(id, text) VALUES (2, 'x')"); }),
            ErrorKind::kInconsistentData);
  Connection other(path(), OpenMode::kReadWrite, {.busy_timeout = std::chrono::milliseconds(1)});
  const Transaction holding(*db_);
  EXPECT_EQ(kind_of([&] { Transaction second(other); }), ErrorKind::kUnavailable);
  EXPECT_EQ(kind_of([&] { Connection missing(folder_ / "none", OpenMode::kReadOnly); }),
            ErrorKind::kUnavailable);
}

TEST_F(Database, EveryErrorIsCountedByWhatItWas) {
  using enum ErrorCode;
  const auto counts = [] {
    return std::array{ErrorCount(kBusy), ErrorCount(kFull), ErrorCount(kIo), ErrorCount(kCorrupt),
                      ErrorCount(kOther)};
  };
  const auto before = counts();
  Connection other(path(), OpenMode::kReadWrite, {.busy_timeout = std::chrono::milliseconds(1)});
  {
    const Transaction holding(*db_);
    EXPECT_THROW(Transaction second(other), SyncError);
  }
  EXPECT_THROW(Connection(folder_ / "none", OpenMode::kReadOnly), SyncError);
  db_->Int("PRAGMA max_page_count=1");  // as many as there are
  EXPECT_THROW(db_->Execute("INSERT INTO t(id, text) VALUES (1, hex(zeroblob(100000)))"),
               SyncError);
  const auto garbage = folder_ / "garbage";
  std::ofstream(garbage) << std::string(4096, 'x');
  Connection no_database(garbage, OpenMode::kReadOnly);
  EXPECT_THROW(no_database.Int("SELECT count(*) FROM sqlite_master"), SyncError);
  auto expected = before;
  for (const std::size_t place : {0U, 1U, 3U, 4U}) ++expected[place];
  EXPECT_EQ(counts(), expected);
}

TEST_F(Database, AnEndlessQueryIsInterrupted) {
  int asked = 0;
  db_->InterruptWhen([&asked] { return ++asked == 3; });
  EXPECT_THROW(
      db_->Int(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"),
      SyncError);
}

TEST_F(Database, AForeignFileOfMoreTablesThanAnybodyHasIsRefused) {
  ::sqlite3_db_config(db_->handle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  db_->Script(
      "PRAGMA writable_schema=on; WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n "
      "LIMIT "
      "20000) INSERT INTO sqlite_master SELECT 'table', 't'||x, 't'||x, 2, 'CREATE TABLE t(a)' "
      "FROM n");
  EXPECT_THROW(Connection(path(), OpenMode::kReadWrite, {.trust = Trust::kForeign}), SyncError);
}

TEST_F(Database, AnImageStaysWhatItWasWhileOthersWriteAndCheckpoint) {
  db_->Execute("INSERT INTO t(id, text) VALUES (1, 'before')");
  ASSERT_TRUE(CheckpointAll(*db_));
  DatabaseImage image(path());
  for (int i = 2; i < 2000; ++i)
    db_->Execute("INSERT INTO t(id, text) VALUES (?, ?)", i, std::to_string(i));
  EXPECT_FALSE(CheckpointAll(*db_));

  std::string bytes(*image.size(), '\0');
  std::size_t read = 0;
  while (const std::size_t count = image.Read({bytes.data() + read, bytes.size() - read}))
    read += count;
  EXPECT_EQ(read, bytes.size());
  std::ofstream(folder_ / "copy", std::ios::binary) << bytes;
  Connection copy(folder_ / "copy", OpenMode::kReadWrite);
  EXPECT_EQ(copy.Text("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(copy.Int("SELECT count(*) FROM t"), 1);
}

TEST_F(Database, ReleasedPagesAreGone) {
  const auto cache_bytes = [this] {
    int now = 0;
    int most = 0;
    ::sqlite3_db_status(db_->handle(), SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0);
    return now;
  };
  for (int i = 0; i < 100; ++i)
    db_->Execute("INSERT INTO t(id, text) VALUES (?, ?)", i,
                 std::to_string(i) + std::string(4000, 'x'));
  EXPECT_GT(cache_bytes(), 400'000);
  db_->ReleasePages();
  EXPECT_LT(cache_bytes(), 40'000);
  EXPECT_EQ(db_->Int("SELECT count(*) FROM t"), 100);
}

TEST_F(Database, AnImageIsRefusedWhileTheWalHoldsWrites) {
  db_->Execute("INSERT INTO t(id) VALUES (1)");
  EXPECT_THROW(DatabaseImage{path()}, SyncError);
}

}  // namespace
}  // namespace ankisync::sqlite
