// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/storage_use.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "common/core/error.h"
#include "common/core/temporary_folder.h"
#include "common/storage/media/media_update.h"
#include "common/storage/media/user_media.h"

namespace ankisync::sync {
namespace {

constexpr int kFiveMinutes = 300;

class Use : public testing::Test {
 protected:
  void Write(const std::string& folder, std::size_t bytes) {
    std::ofstream(volume_.UserFolder(folder) / "collection.anki2") << std::string(bytes, 'x');
  }
  void Wait(int seconds) {
    for (int i = 0; i < seconds; ++i) use_.EverySecond();
  }

  const TemporaryFolder folder_;
  const Volume volume_{folder_.path() / "data", Volume::Create::kIfMissing};
  std::vector<std::string> accounts_;
  bool is_readable_ = true;
  StorageUse use_{volume_, [this] {
                    if (!is_readable_) throw SyncError(ErrorKind::kUnavailable, "gone");
                    return accounts_;
                  }};
};

TEST_F(Use, IsKnownOnceEveryAccountWasLookedAt) {
  for (int i = 0; i < 60; ++i) {
    accounts_.push_back("user" + std::to_string(i));
    Write(accounts_.back(), 100);
  }
  EXPECT_TRUE(std::isnan(use_.collection_bytes()));
  Wait(1);
  EXPECT_TRUE(std::isnan(use_.collection_bytes())) << "a part of it would look like a loss";
  Wait(1);
  EXPECT_EQ(use_.collection_bytes(), 6000);
  EXPECT_EQ(use_.media_bytes(), 0);
}

TEST_F(Use, FollowsWithinMinutes) {
  accounts_ = {"ada", "not made yet"};
  Write("ada", 100);
  Wait(1);
  Write("ada", 250);
  Wait(2 * kFiveMinutes);
  EXPECT_EQ(use_.collection_bytes(), 250);
  is_readable_ = false;
  Wait(2 * kFiveMinutes);
  EXPECT_EQ(use_.collection_bytes(), 250);
}

TEST_F(Use, OfMediaIsWhatTheIndexSays) {
  accounts_ = {"ada"};
  MediaIndex index(UserMedia::IndexFile(volume_.UserFolder("ada")),
                   SharedDatabase::IfMissing::kCreate);
  MediaUpdate update(index, {});
  update.Put("a.mp3", {.sha1 = {}, .crc32 = 0, .size = 1234});
  update.Commit();
  Wait(1);
  EXPECT_EQ(use_.media_bytes(), 1234);
}

TEST_F(Use, OfNobodyIsNothing) {
  Wait(1);
  EXPECT_EQ(use_.collection_bytes(), 0);
}

}  // namespace
}  // namespace ankisync::sync
