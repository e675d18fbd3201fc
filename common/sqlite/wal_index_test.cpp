// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/wal_index.h"

#include <gtest/gtest.h>

#include "common/core/temporary_folder.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/transaction.h"

namespace ankisync::sqlite {
namespace {

class TheIndexOfAWal : public testing::Test {
 protected:
  TheIndexOfAWal() {
    writer_.Script("PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (a)");
    writer_.Execute("INSERT INTO t VALUES (1)");
    reader_.Int("SELECT count(*) FROM t");
    watch_.HasChanged();
  }

  TemporaryFolder folder_;
  Connection writer_{folder_ / "db", OpenMode::kCreate};
  Connection reader_{folder_ / "db", OpenMode::kReadWrite};
  CommitWatch watch_{reader_};
};

TEST_F(TheIndexOfAWal, ShowsEachCommitOnce) {
  EXPECT_FALSE(watch_.HasChanged());
  for (int n = 0; n < 3; ++n) {
    writer_.Execute("UPDATE t SET a = a + 1");
    EXPECT_TRUE(watch_.HasChanged());
    EXPECT_FALSE(watch_.HasChanged());
  }
}

TEST_F(TheIndexOfAWal, ShowsTheCommitThatBeginsTheLogAnew) {
  ASSERT_TRUE(CheckpointAll(writer_));
  watch_.HasChanged();
  writer_.Execute("UPDATE t SET a = 7");
  EXPECT_TRUE(watch_.HasChanged());
}

TEST_F(TheIndexOfAWal, ShowsNothingOfWhatIsNotCommitted) {
  const Transaction never_committed(writer_);
  writer_.Execute("UPDATE t SET a = 7");
  EXPECT_FALSE(watch_.HasChanged());
}

TEST_F(TheIndexOfAWal, TakesADatabaseForChangedAtTheFirstLook) {
  EXPECT_TRUE(CommitWatch(reader_).HasChanged());
  Connection has_not_read(folder_ / "db", OpenMode::kReadWrite);
  EXPECT_TRUE(CommitWatch(has_not_read).HasChanged());
}

TEST_F(TheIndexOfAWal, TellsHowMuchWaitsToGoIntoTheFile) {
  const std::int64_t before = WalBytes(reader_);
  writer_.Execute("UPDATE t SET a = 7");
  EXPECT_EQ(WalBytes(reader_), before + 4096 + 24);
  ASSERT_TRUE(CheckpointAll(writer_));
  EXPECT_EQ(WalBytes(reader_), 0);
}

// The file does not shrink when everything in it was checkpointed; the next commit begins it anew.
TEST_F(TheIndexOfAWal, DoesNotCountWhatAPassiveCheckpointMoved) {
  for (int n = 0; n < 10; ++n) writer_.Execute("UPDATE t SET a = a + 1");
  CheckpointPassively(writer_);
  writer_.Execute("UPDATE t SET a = a + 1");
  EXPECT_EQ(WalBytes(writer_), 4096 + 24);
}

}  // namespace
}  // namespace ankisync::sqlite
