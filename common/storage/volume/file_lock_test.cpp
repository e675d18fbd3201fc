// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/file_lock.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/volume/other_process.h"

namespace ankisync {
namespace {

using std::chrono::milliseconds;

TEST(FileLock, HasOneHolderAtATimeInThisProcessToo) {
  const TemporaryFolder folder;
  auto first = FileLock::Acquire(folder / "lock");
  ASSERT_TRUE(first);
  EXPECT_FALSE(FileLock::Acquire(folder / "lock"));
  first.reset();
  EXPECT_TRUE(FileLock::Acquire(folder / "lock"));
}

TEST(FileLock, OfAProcessThatWasKilledIsFree) {
  const TemporaryFolder folder;
  OtherProcess other([&] { return FileLock::Acquire(folder / "lock"); });
  ASSERT_TRUE(other.is_ready());
  EXPECT_FALSE(FileLock::Acquire(folder / "lock", milliseconds(5)));
  other.Kill();
  EXPECT_TRUE(FileLock::Acquire(folder / "lock"));
}

TEST(FileLock, IsWaitedForUntilItsHolderGoes) {
  const TemporaryFolder folder;
  auto first = FileLock::Acquire(folder / "lock");
  std::optional<FileLock> second;
  std::thread waiter([&] { second = FileLock::Acquire(folder / "lock", milliseconds(30'000)); });
  first.reset();
  waiter.join();
  EXPECT_TRUE(second);
}

TEST(FileLock, OnAFileThatWasRemovedDoesNotCountForTheNewOne) {
  const TemporaryFolder folder;
  const auto removed = FileLock::Acquire(folder / "lock");
  std::filesystem::remove(folder / "lock");
  EXPECT_TRUE(FileLock::Acquire(folder / "lock"));
}

TEST(FileLock, SaysWhatItsHolderWrote) {
  const TemporaryFolder folder;
  const auto lock = FileLock::Acquire(folder / "lock");
  lock->Write("a long first text");
  lock->Write("me");
  EXPECT_EQ(ReadFile(folder / "lock", 100), "me");
}

}  // namespace
}  // namespace ankisync
