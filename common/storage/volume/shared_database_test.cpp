// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/shared_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/sqlite/wal_index.h"
#include "common/storage/volume/other_process.h"

namespace ankisync {
namespace {

using IfMissing = SharedDatabase::IfMissing;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr SharedDatabase::Schema kSchema{
    .application_id = 77,
    .version = 3,
    .create = "PRAGMA application_id=77; PRAGMA user_version=3; CREATE TABLE t (n INTEGER)"};

void Insert(SharedDatabase& database, int n) {
  SharedDatabase::Change change(database);
  change.db().Execute("INSERT INTO t VALUES (?)", n);
  change.Commit();
}

std::int64_t Count(SharedDatabase& database) {
  return database.Read([](sqlite::Connection& db) { return db.Int("SELECT count(*) FROM t"); });
}

class ASharedDatabase : public testing::Test {
 protected:
  std::string RefusalToOpen(IfMissing if_missing) {
    try {
      SharedDatabase(file_, kSchema, if_missing);
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      return error.what();
    }
    return "";
  }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "shared.db";
};

TEST_F(ASharedDatabase, KeepsWhatWasCommittedAndNothingElse) {
  {
    SharedDatabase database(file_, kSchema, IfMissing::kCreate);
    Insert(database, 1);
    SharedDatabase::Change(database).db().Execute("INSERT INTO t VALUES (2)");
  }
  SharedDatabase again(file_, kSchema, IfMissing::kRefuse);
  EXPECT_EQ(Count(again), 1);
}

TEST_F(ASharedDatabase, IsReadableByItsOwnerOnly) {
  const SharedDatabase database(file_, kSchema, IfMissing::kCreate);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 077U, 0U) << suffix;
  }
}

TEST_F(ASharedDatabase, ThatIsMissingAmongUsersDataIsLostAndNotMadeAnew) {
  EXPECT_THAT(RefusalToOpen(IfMissing::kRefuse), HasSubstr("backup"));
  EXPECT_FALSE(std::filesystem::exists(file_));
  WriteFileAtomically(file_, "");  // what the sentence offers
  EXPECT_EQ(RefusalToOpen(IfMissing::kRefuse), "");
}

TEST_F(ASharedDatabase, OfAnotherProgramOrVersionIsRefusedAndLeftAlone) {
  {
    sqlite::Connection foreign(file_, sqlite::OpenMode::kCreate);
    foreign.Script("CREATE TABLE auth (username VARCHAR primary key, hash VARCHAR)");
    EXPECT_THAT(RefusalToOpen(IfMissing::kCreate), HasSubstr("not made by this server"));
    EXPECT_EQ(foreign.Text("PRAGMA journal_mode"), "delete");
    foreign.Script("PRAGMA application_id=77; PRAGMA user_version=4");
  }
  EXPECT_THAT(RefusalToOpen(IfMissing::kCreate), HasSubstr("another version"));
}

TEST_F(ASharedDatabase, IsWrittenByManyThreadsAndConnectionsWithoutLoss) {
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  SharedDatabase first(file_, kSchema, IfMissing::kCreate);
  SharedDatabase second(file_, kSchema, IfMissing::kRefuse);
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        for (int n = 0; n < kEach; ++n) Insert(writer % 2 ? first : second, n);
      });
    }
  }
  EXPECT_EQ(Count(first), kWriters * kEach);
}

TEST_F(ASharedDatabase, HeldByAnotherProcessForTooLongIsUnavailable) {
  SharedDatabase database(file_, kSchema, IfMissing::kCreate, {.lock_wait = milliseconds(5)});
  OtherProcess other([&] { return LockDatabase(file_, milliseconds(0)); });
  ASSERT_TRUE(other.is_ready());
  EXPECT_THROW(Insert(database, 1), SyncError);
  other.Kill();
  Insert(database, 1);
  EXPECT_EQ(Count(database), 1);
}

TEST_F(ASharedDatabase, KeepsItsLogShortByCheckpointsOfItsOwn) {
  SharedDatabase database(file_, kSchema, IfMissing::kCreate, {.wal_bytes_max = 64 << 10});
  std::int64_t longest = 0;
  for (int n = 0; n < 100; ++n) {
    Insert(database, n);
    longest = std::max(longest, database.Read(sqlite::WalBytes));
  }
  EXPECT_LE(longest, 96 << 10);
  EXPECT_LE(database.Read(sqlite::WalBytes), 96 << 10);
  EXPECT_GT(longest, 64 << 10);
}

TEST_F(ASharedDatabase, ShowsItsReadersEveryCommit) {
  SharedDatabase database(file_, kSchema, IfMissing::kCreate);
  const auto reader = database.OpenReader();
  const auto version = [&] { return reader->Int("PRAGMA data_version"); };
  const auto before = version();
  EXPECT_EQ(version(), before);
  Insert(database, 1);
  EXPECT_NE(version(), before);
  EXPECT_EQ(reader->Int("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace ankisync
