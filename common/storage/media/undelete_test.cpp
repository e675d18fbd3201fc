// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/undelete.h"

#include <gmock/gmock.h>

#include "common/storage/media/collect.h"
#include "common/storage/media/media_fixture.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::IsEmpty;

class UndoWindow : public MediaTest {
 protected:
  static std::vector<std::string> Names(const std::vector<MediaIndex::Former>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.name);
    return names;
  }

  OpenedMedia media_{folder_.path()};
};

TEST_F(UndoWindow, ListsTheLatestContentOfEachNameFirstWhatEndedLast) {
  media_.Upload({{"a", "1"}, {"b", "deleted"}, {"c", "kept"}});
  media_.Upload({{"a", "2"}});
  media_.clock().Advance(std::chrono::hours(1));
  media_.Upload({{"b", std::nullopt}, {"a", "3"}});
  const auto former = media_->index().FormerSince(UnixSeconds{});
  EXPECT_THAT(Names(former), ElementsAre("a", "b"));
  EXPECT_EQ(former[0].content.sha1, Sha1("2"));
  EXPECT_EQ(former[0].state, MediaIndex::State::kLive);
  EXPECT_EQ(former[1].state, MediaIndex::State::kDeleted);
  EXPECT_EQ(former[1].ended, media_->now());
  media_.clock().Advance(std::chrono::seconds(1));
  EXPECT_THAT(media_->index().FormerSince(media_->now()), IsEmpty());
}

TEST_F(UndoWindow, GivesDeletedAndReplacedContentBackAsAnUploadWould) {
  media_.Upload({{"a", "old"}, {"b", "deleted"}});
  media_.Upload({{"a", "new"}, {"b", std::nullopt}});
  EXPECT_THAT(Undelete(*media_, media_->index().FormerSince(UnixSeconds{})), IsEmpty());
  EXPECT_EQ(media_.Read("a"), "old");
  EXPECT_EQ(media_.Read("b"), "deleted");
  EXPECT_EQ(media_.Listing(), "b:5 a:6");
  media_.ExpectConsistent();
  // Which can be undone in its turn.
  EXPECT_THAT(Undelete(*media_, media_->index().FormerSince(UnixSeconds{})), IsEmpty());
  EXPECT_EQ(media_.Read("a"), "new");
}

TEST_F(UndoWindow, KeepsQuietAboutContentThatWasCollected) {
  media_.Upload({{"a", "gone"}, {"b", "damaged"}});
  media_.Upload({{"a", std::nullopt}, {"b", std::nullopt}});
  const auto former = media_->index().FormerSince(UnixSeconds{});
  WriteFileAtomically(media_->blobs().PathOf(Sha1("damaged")), "damagEd");
  fs::remove(media_->blobs().PathOf(Sha1("gone")));
  EXPECT_THAT(Undelete(*media_, former), ElementsAre("b", "a"));
  EXPECT_EQ(media_.Listing(), "a:-3 b:-4");
}

TEST_F(UndoWindow, KeepsWhatCameBackFromTheNextCollection) {
  media_.Upload({{"a", "1"}});
  media_.Upload({{"a", std::nullopt}});
  Undelete(*media_, media_->index().FormerSince(UnixSeconds{}));
  media_.clock().Advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(CollectMedia(*media_, std::chrono::hours(1)).blobs, 0);
  EXPECT_EQ(media_.Read("a"), "1");
}

// More than one transaction's worth.
TEST_F(UndoWindow, GivesManyFilesBack) {
  OpenedMedia::Files files;
  for (int n = 0; n < 60; ++n) files.emplace_back(std::to_string(n), std::to_string(n));
  media_.Upload(files);
  for (auto& [name, text] : files) text.reset();
  media_.Upload(files);
  EXPECT_THAT(Undelete(*media_, media_->index().FormerSince(UnixSeconds{})), IsEmpty());
  EXPECT_EQ(media_->index().totals().files, 60);
}

}  // namespace
}  // namespace ankisync
