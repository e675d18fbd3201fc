// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/core/temporary_folder.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

class AMediaStore : public testing::Test {
 protected:
  AMediaStore() {
    for (const char* user : {"ada", "bob", "eve"}) fs::create_directory(folder_ / user);
  }
  void Put(const std::string& user, std::string_view name) {
    const auto media = store_.Of(folder_ / user);
    MediaUpdate update(media->index(), UnixSeconds{1});
    update.Put(name, {Sha1(name), 7, name.size()});
    update.Commit();
  }
  int LastUsn(const std::string& user) {
    return Raw(store_.TotalsOf(folder_ / user).value_or(MediaIndex::Totals()).last_usn);
  }

  const TemporaryFolder folder_;
  WorkerPool disk_{2};
  ManualClock clock_{UnixMillis{1'700'000'000'000}};
  MediaStore store_{{disk_, clock_, {}}, 2};
};

TEST_F(AMediaStore, TellsTheUsnOfAUserWithoutMediaAndMakesNothing) {
  EXPECT_EQ(LastUsn("ada"), 0);
  EXPECT_TRUE(fs::is_empty(folder_ / "ada"));
  Put("ada", "a");
  EXPECT_EQ(LastUsn("ada"), 1);
}

TEST_F(AMediaStore, KeepsUsersApart) {
  Put("ada", "a");
  Put("ada", "b");
  Put("bob", "a");
  EXPECT_EQ(LastUsn("ada"), 2);
  EXPECT_EQ(LastUsn("bob"), 1);
}

TEST_F(AMediaStore, SeesWhatAnotherProcessWrote) {
  Put("ada", "a");
  MediaStore other({disk_, clock_, {}});
  const auto media = other.Of(folder_ / "ada");
  MediaUpdate update(media->index(), UnixSeconds{1});
  update.Delete("a");
  update.Commit();
  EXPECT_EQ(LastUsn("ada"), 2);
}

TEST_F(AMediaStore, KeepsABoundedNumberOpen) {
  for (const char* user : {"ada", "bob", "eve"}) {
    Put(user, "a");
    clock_.Advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(store_.open(), 2U);
  EXPECT_EQ(LastUsn("ada"), 1);
}

TEST_F(AMediaStore, ClosesWhatNobodyAsksFor) {
  Put("ada", "a");
  clock_.Advance(std::chrono::seconds(50));
  Put("bob", "a");
  clock_.Advance(std::chrono::seconds(20));
  store_.CloseIdle(std::chrono::seconds(60));
  EXPECT_EQ(store_.open(), 1U);
  EXPECT_FALSE(fs::exists(UserMedia::IndexFile(folder_ / "ada").string() + "-wal"));
  EXPECT_TRUE(fs::exists(UserMedia::IndexFile(folder_ / "bob").string() + "-wal"));
}

TEST_F(AMediaStore, NoticesThatAUsersFolderWasPurgedAndMadeAnew) {
  Put("ada", "a");
  fs::remove_all(folder_ / "ada");
  EXPECT_EQ(LastUsn("ada"), 0);
  fs::create_directory(folder_ / "ada");
  Put("ada", "b");
  EXPECT_EQ(LastUsn("ada"), 1);
  EXPECT_EQ(store_.Of(folder_ / "ada")->index().ChangesAfter(Usn{}, 9)[0].name, "b");
}

TEST_F(AMediaStore, MayBeAskedByManyThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([this, t] {
      const std::string user = std::vector{"ada", "bob", "eve"}[static_cast<std::size_t>(t) % 3];
      for (int n = 0; n < 20; ++n) Put(user, std::to_string(t) + "." + std::to_string(n));
    });
  }
  threads.clear();
  for (const char* user : {"ada", "bob", "eve"}) EXPECT_EQ(LastUsn(user), 40);
}

}  // namespace
}  // namespace ankisync
