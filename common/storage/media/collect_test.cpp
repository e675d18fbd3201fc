// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/collect.h"

#include "common/core/error.h"
#include "common/storage/media/media_fixture.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

using std::chrono::hours;

constexpr hours kRetention{24};

class ACollection : public MediaTest {
 protected:
  bool Exists(std::string_view text) const { return fs::exists(BlobOf(text)); }
  fs::path BlobOf(std::string_view text) const {
    return BlobStore(UserMedia::BlobFolder(folder_.path())).PathOf(Sha1(text));
  }
};

TEST_F(ACollection, RemovesWhatWasReplacedOrDeletedOnceTheUndoWindowHasPassed) {
  auto media = Open();
  media.Upload({{"a", "old"}, {"b", "deleted"}, {"c", "kept"}});
  media.Upload({{"a", "new"}, {"b", std::nullopt}});
  media.clock().Advance(kRetention);
  EXPECT_EQ(CollectMedia(*media, kRetention).blobs, 0);
  EXPECT_TRUE(Exists("old") && Exists("deleted"));

  media.clock().Advance(std::chrono::seconds(1));
  const auto collected = CollectMedia(*media, kRetention);
  EXPECT_EQ(collected.former, 2);
  EXPECT_EQ(collected.blobs, 2);
  EXPECT_EQ(collected.bytes, 10);
  EXPECT_FALSE(Exists("old") || Exists("deleted"));
  EXPECT_TRUE(Exists("new") && Exists("kept"));
  EXPECT_EQ(CollectMedia(*media, kRetention).former, 0);
  media.ExpectConsistent();
}

TEST_F(ACollection, KeepsContentThatAnotherNameHoldsOrThatCameBack) {
  auto media = Open();
  media.Upload({{"a", "shared"}, {"b", "shared"}, {"c", "back"}});
  media.Upload({{"a", std::nullopt}, {"c", std::nullopt}});
  media.Upload({{"c", "back"}});
  media.clock().Advance(2 * kRetention);
  EXPECT_EQ(CollectMedia(*media, kRetention).blobs, 0);
  EXPECT_EQ(media.Read("b"), "shared");
  EXPECT_EQ(media.Read("c"), "back");
}

TEST_F(ACollection, KeepsContentWhoseLatestUndoEntryIsYoung) {
  auto media = Open();
  media.Upload({{"a", "twice"}});
  media.Upload({{"a", std::nullopt}});
  media.clock().Advance(kRetention);
  media.Upload({{"a", "twice"}});
  media.Upload({{"a", std::nullopt}});
  media.clock().Advance(hours(1));
  const auto collected = CollectMedia(*media, kRetention);
  EXPECT_EQ(collected.former, 1);
  EXPECT_EQ(collected.blobs, 0);
  EXPECT_TRUE(Exists("twice"));
}

TEST_F(ACollection, RemovesBlobsThatNoRowEverNamed) {
  {
    auto media = Open([](MediaStep step) {
      if (step == MediaStep::kRowsWritten) throw SyncError(ErrorKind::kUnavailable, "disk full");
    });
    EXPECT_THROW(media.Upload({{"a", "orphan"}}), SyncError);
  }
  auto media = Open();
  media.Upload({{"b", "kept"}});
  ASSERT_TRUE(Exists("orphan"));
  const auto collected = CollectMedia(*media, kRetention);
  EXPECT_EQ(collected.orphans, 1);
  EXPECT_EQ(collected.bytes, 6);
  EXPECT_FALSE(Exists("orphan"));
  EXPECT_EQ(media.Read("b"), "kept");
}

TEST_F(ACollection, LeavesAnUploadInProgressAloneAndSweepsTheDead) {
  auto media = Open();
  WriteFileAtomically(folder_ / "collection.media/tmp/0123456789abcdef", "in progress");
  EXPECT_EQ(CollectMedia(*media, kRetention).temporaries, 0);  // its time is after the test's clock
  media.clock().Advance(std::chrono::hours(24 * 365 * 100));
  EXPECT_EQ(CollectMedia(*media, kRetention).temporaries, 1);
  EXPECT_TRUE(fs::is_empty(folder_ / "collection.media/tmp"));
}

TEST_F(ACollection, StopsWhenTold) {
  auto media = Open();
  media.Upload({{"a", "1"}});
  media.Upload({{"a", std::nullopt}});
  media.clock().Advance(2 * kRetention);
  EXPECT_EQ(CollectMedia(*media, kRetention, [] { return true; }).blobs, 0);
  EXPECT_TRUE(Exists("1"));
}

}  // namespace
}  // namespace ankisync
