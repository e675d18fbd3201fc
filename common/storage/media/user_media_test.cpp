// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/user_media.h"

#include <gmock/gmock.h>

#include "common/core/error.h"
#include "common/storage/media/media_fixture.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;

class AUsersMedia : public MediaTest {
 protected:
  fs::path BlobOf(std::string_view text) const {
    return BlobStore(UserMedia::BlobFolder(folder_.path())).PathOf(Sha1(text));
  }
  std::vector<std::string> Temporaries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "collection.media/tmp"))
      names.push_back(entry.path().filename());
    return names;
  }
  static void Overwrite(const fs::path& path, std::string_view text) {
    WriteFileAtomically(path, text);
  }
};

TEST_F(AUsersMedia, StoreAFileUnderItsHash) {
  auto media = Open();
  const auto applied = media.Upload({{"a.jpg", "abc"}});
  EXPECT_EQ(Raw(applied.last_usn), 1);
  EXPECT_EQ(applied.added, 1);
  EXPECT_EQ(ReadFile(folder_ / "collection.media/a9/993e364706816aba3e25717850c26c9cd0d89d", 100),
            "abc");
  const auto content = media.Live("a.jpg");
  ASSERT_TRUE(content);
  EXPECT_EQ(content->size, 3U);
  EXPECT_EQ(content->crc32, 0x352441C2U);
  EXPECT_TRUE(Temporaries().empty());
}

TEST_F(AUsersMedia, StoreEqualFilesOnce) {
  auto media = Open();
  media.Upload({{"a", "same"}, {"b", "same"}});
  media.Upload({{"c", "same"}});
  media.Upload({{"a", std::nullopt}});
  EXPECT_EQ(media.Read("b"), "same");
  EXPECT_EQ(media.Read("c"), "same");
  EXPECT_EQ(media.Listing(), "b:2 c:3 a:-4");
}

TEST_F(AUsersMedia, ApplyABatchInItsOrder) {
  auto media = Open();
  const auto applied = media.Upload({{"c", "1"}, {"c", std::nullopt}, {"d", "2"}, {"d", "3"}});
  EXPECT_EQ(media.Listing(), "c:-2 d:4");
  EXPECT_EQ(media.Read("d"), "3");
  EXPECT_EQ(applied.added, 2);
  EXPECT_EQ(applied.replaced, 1);
  EXPECT_EQ(applied.deleted, 1);
}

TEST_F(AUsersMedia, GetAMissingOrDamagedBlobBackByAnIdenticalUpload) {
  auto media = Open();
  media.Upload({{"a", "missing"}, {"b", "damaged"}});
  fs::remove(BlobOf("missing"));
  Overwrite(BlobOf("damaged"), "damagEd");
  const auto applied = media.Upload({{"a", "missing"}, {"b", "damaged"}});
  EXPECT_EQ(applied.identical, 2);
  EXPECT_EQ(Raw(applied.last_usn), 2);
  EXPECT_EQ(media.Read("a"), "missing");
  EXPECT_EQ(media.Read("b"), "damaged");
}

TEST_F(AUsersMedia, WithdrawOnlyWhatIsReallyLost) {
  auto media = Open();
  media.Upload({{"a", "kept"}, {"b", "truncated"}, {"c", "gone"}});
  Overwrite(BlobOf("truncated"), "trunc");
  fs::remove(BlobOf("gone"));
  const std::vector<MediaContent> suspects{*media.Live("a"), *media.Live("b"), *media.Live("c")};
  EXPECT_EQ(media->WithdrawLost(suspects), 2);
  EXPECT_EQ(media.Listing(), "a:4");
}

TEST_F(AUsersMedia, TakeAnAbsentStoreForAnUnmountedOneAndNotForLostFiles) {
  auto media = Open();
  media.Upload({{"a", "1"}});
  const std::vector<MediaContent> suspects{*media.Live("a")};
  fs::rename(folder_ / "collection.media", folder_ / "away");
  const auto expect_refusal = [&] {
    EXPECT_THROW(media.Upload({{"b", "2"}}), SyncError);
    EXPECT_THROW(media->WithdrawLost(suspects), SyncError);
    EXPECT_THROW(VerifyMedia(*media, BlobStore::Depth::kSize), SyncError);
  };
  expect_refusal();
  fs::create_directory(folder_ / "collection.media");  // a mount point with nothing on it
  expect_refusal();
  {
    auto opened_now = Open();
    EXPECT_THROW(opened_now.Upload({{"b", "2"}}), SyncError);
    EXPECT_TRUE(fs::is_empty(folder_ / "collection.media"));
  }
  fs::remove(folder_ / "collection.media");
  fs::rename(folder_ / "away", folder_ / "collection.media");
  EXPECT_EQ(media.Listing(), "a:1");
  media.ExpectConsistent();
}

TEST_F(AUsersMedia, AreNotBegunAnewWhenTheirIndexIsLost) {
  Open().Upload({{"a", "1"}});
  for (const char* suffix : {"", "-wal", "-shm"})
    fs::remove(UserMedia::IndexFile(folder_.path()).string() + suffix);
  EXPECT_THROW(Open(), SyncError);
  EXPECT_EQ(ReadFile(BlobOf("1"), 10), "1");
}

TEST_F(AUsersMedia, AreOnTheDiskBeforeAnyRowSaysSo) {
  std::vector<MediaStep> steps;
  auto media = Open([&](MediaStep step) { steps.push_back(step); });
  media.Upload({{"a", "1"}, {"b", "2"}, {"c", std::nullopt}});
  EXPECT_THAT(steps, ElementsAre(MediaStep::kBlobBegun, MediaStep::kBlobWritten,
                                 MediaStep::kBlobBegun, MediaStep::kBlobWritten,
                                 MediaStep::kBlobsSynced, MediaStep::kBlobPublished,
                                 MediaStep::kBlobPublished, MediaStep::kFoldersSynced,
                                 MediaStep::kRowsWritten, MediaStep::kCommitted));
}

TEST_F(AUsersMedia, AreUnchangedByAnUploadThatFailsAtAnyStep) {
  Open().Upload({{"a", "old"}, {"b", "gone soon"}});
  constexpr int kStepsBeforeCommit = 9;
  for (int fails_at = 0; fails_at < kStepsBeforeCommit; ++fails_at) {
    int step = 0;
    auto media = Open([&](MediaStep) {
      if (step++ == fails_at) throw SyncError(ErrorKind::kUnavailable, "no space left");
    });
    EXPECT_THROW(media.Upload({{"a", "new"}, {"b", std::nullopt}, {"c", "more"}}), SyncError);
    EXPECT_EQ(media.Listing(), "a:1 b:2") << fails_at;
    EXPECT_EQ(media.Read("a"), "old");
    EXPECT_TRUE(Temporaries().empty());
    media.ExpectConsistent();
  }
  auto media = Open();
  media.Upload({{"a", "new"}, {"b", std::nullopt}, {"c", "more"}});
  EXPECT_EQ(media.Listing(), "a:3 b:-4 c:5");
  EXPECT_EQ(media.Read("a"), "new");
}

TEST_F(AUsersMedia, TakeNothingFromAStreamThatBreaks) {
  class Broken final : public ByteSource {
   public:
    std::size_t Read(std::span<char> into) override {
      if (has_read_) throw SyncError(ErrorKind::kMalformedRequest, "broken");
      has_read_ = true;
      return into.size();
    }
    bool has_read_ = false;
  };
  auto media = Open();
  {
    BlobBatch batch = media->NewBatch();
    Broken broken;
    EXPECT_THROW(batch.Add(broken), SyncError);
    EXPECT_EQ(Temporaries().size(), 1U);
  }
  EXPECT_TRUE(Temporaries().empty());
}

}  // namespace
}  // namespace ankisync
