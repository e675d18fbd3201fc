// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/verify.h"

#include "common/sqlite/connection.h"
#include "common/storage/media/media_fixture.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

using Depth = BlobStore::Depth;

class AVerification : public MediaTest {
 protected:
  fs::path BlobOf(std::string_view text) const {
    return BlobStore(UserMedia::BlobFolder(folder_.path())).PathOf(Sha1(text));
  }
};

TEST_F(AVerification, FindsNothingToDoInSoundMedia) {
  auto media = Open();
  media.Upload({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  media.Upload({{"b", std::nullopt}});
  const auto findings = VerifyMedia(*media, Depth::kContent);
  EXPECT_EQ(findings.rows, 2);
  EXPECT_EQ(findings.lost, 0);
  EXPECT_EQ(findings.reinstated, 0);
  EXPECT_FALSE(findings.totals_were_wrong);
  EXPECT_EQ(media.Listing(), "a:1 c:3 b:-4");
}

TEST_F(AVerification, WithdrawsLostFilesAndReinstatesThemWhenTheyAreBack) {
  auto media = Open();
  media.Upload({{"a", "gone"}, {"b", "bit flip"}, {"c", "kept"}});
  fs::rename(BlobOf("gone"), folder_ / "elsewhere");
  WriteFileAtomically(BlobOf("bit flip"), "bit flap");
  EXPECT_EQ(VerifyMedia(*media, Depth::kSize).lost, 1);
  EXPECT_EQ(VerifyMedia(*media, Depth::kContent).lost, 1);
  EXPECT_EQ(media.Listing(), "c:5");  // stamped anew each time

  fs::rename(folder_ / "elsewhere", BlobOf("gone"));
  EXPECT_EQ(VerifyMedia(*media, Depth::kSize).reinstated, 1);
  EXPECT_EQ(media.Listing(), "c:5 a:6");
  EXPECT_EQ(media->index().Count().withdrawn, 1);
}

TEST_F(AVerification, LooksAtEveryRowOfALargeIndex) {
  auto media = Open();
  OpenedMedia::Files files;
  for (int n = 0; n < 600; ++n) files.emplace_back(std::to_string(n), std::to_string(n % 300));
  media.Upload(files);
  fs::remove(BlobOf("299"));
  const auto findings = VerifyMedia(*media, Depth::kContent);
  EXPECT_EQ(findings.rows, 600);
  EXPECT_EQ(findings.lost, 2);
  EXPECT_EQ(media->index().totals().files, 598);
}

TEST_F(AVerification, CorrectsTotalsThatTheRowsDoNotBear) {
  auto media = Open();
  media.Upload({{"a", "1"}, {"b", "22"}});
  sqlite::Connection(UserMedia::IndexFile(folder_.path()), sqlite::OpenMode::kReadWrite)
      .Execute("UPDATE totals SET files = 7, bytes = 7, last_usn = 1");
  EXPECT_TRUE(VerifyMedia(*media, Depth::kSize).totals_were_wrong);
  EXPECT_EQ(media->index().totals().files, 2);
  EXPECT_EQ(media->index().totals().bytes, 3);
  EXPECT_EQ(media->index().totals().last_usn, Usn{2});
  EXPECT_FALSE(VerifyMedia(*media, Depth::kSize).totals_were_wrong);
}

TEST_F(AVerification, CountsBlobsAndThoseThatNothingRefersTo) {
  auto media = Open();
  media.Upload({{"a", "1"}, {"b", "22"}, {"c", "1"}});
  media.Upload({{"b", std::nullopt}});
  fs::create_directories(BlobOf("orphan").parent_path());
  WriteFileAtomically(BlobOf("orphan"), "orphan");
  const MediaBlobs found = CountBlobs(*media);
  EXPECT_EQ(found.blobs, 3);
  EXPECT_EQ(found.bytes, 9);
  EXPECT_EQ(found.orphans, 1);
  EXPECT_EQ(found.orphan_bytes, 6);
}

}  // namespace
}  // namespace ankisync
