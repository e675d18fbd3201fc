// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/media_upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/temporary_folder.h"
#include "services/media/methods/testing/media_server.h"

namespace ankisync::media {
namespace {

namespace fs = std::filesystem;

using std::chrono::hours;
using std::chrono::seconds;
using testing::MediaServer;

constexpr MediaUpkeep::Settings kSettings{.retention = hours(24 * 14)};

class Upkeep : public ::testing::Test {
 protected:
  // What one round did, begun when that much time has passed.
  std::vector<MediaUpkeep::Done> RoundAfter(seconds time) {
    std::vector<MediaUpkeep::Done> all;
    MediaUpkeep upkeep(volume_, {disk_, server_.clock(), {}}, kSettings,
                       [&all](const MediaUpkeep::Done& done) { all.push_back(done); });
    server_.clock().Advance(time);
    upkeep.EverySecond();
    upkeep.Wait();
    return all;
  }
  bool HasBlob(const char* content) { return fs::exists(server_.BlobOf(content)); }

  const TemporaryFolder folder_;
  MediaServer server_{folder_.path()};
  const Volume volume_{folder_.path(), Volume::Create::kNever};
  WorkerPool disk_{1};
};

TEST_F(Upkeep, CollectsWhatWasReplacedOrDeletedOnceTheUndoWindowHasPassed) {
  server_.Upload({{"a", "old"}, {"b", "deleted"}});
  server_.Upload({{"a", "new"}, {"b", std::nullopt}});
  server_.Upload({{"x", "other's"}}, {.user = "other"});
  EXPECT_TRUE(RoundAfter(kSettings.retention).empty());
  EXPECT_TRUE(HasBlob("old") && HasBlob("deleted"));
  const auto done = RoundAfter(hours(1));
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].folder, "u");
  EXPECT_EQ(done[0].collected.blobs, 2);
  EXPECT_FALSE(HasBlob("old") || HasBlob("deleted"));
  EXPECT_EQ(server_.Download({"a"})[0].content, "new");
}

TEST_F(Upkeep, WithdrawsFilesWhoseContentIsGone) {
  server_.Upload({{"a", "kept"}, {"b", "gone"}});
  fs::remove(server_.BlobOf("gone"));
  const auto done = RoundAfter(hours(1));
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].findings.lost, 1);
  EXPECT_EQ(server_.Sanity(1), "OK");
}

TEST_F(Upkeep, ReportsAnAccountThatItCannotLookThroughAndGoesOnToTheNext) {
  server_.Upload({{"a", "1"}}, {.user = "a"});
  server_.Upload({{"b", "gone"}}, {.user = "b"});
  fs::remove(server_.BlobOf("gone", "b"));
  fs::remove_all(server_.FolderOf("a") / "collection.media");
  const auto done = RoundAfter(hours(1));
  ASSERT_EQ(done.size(), 2U);
  EXPECT_THAT(done[0].trouble, ::testing::HasSubstr("unmounted"));
  EXPECT_EQ(done[1].findings.lost, 1);
}

TEST_F(Upkeep, DoesNothingBeforeItIsTimeAndNothingOfAnAccountWithoutMedia) {
  server_.Upload({{"a", "gone"}});
  fs::remove(server_.BlobOf("gone"));
  EXPECT_TRUE(RoundAfter(seconds(1)).empty());
  volume_.UserFolder("new");
  EXPECT_EQ(RoundAfter(hours(1)).size(), 1U);
  EXPECT_TRUE(fs::is_empty(volume_.UserFolder("new")));
}

}  // namespace
}  // namespace ankisync::media
