// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/import_media.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/temporary_folder.h"
#include "common/storage/media/media_import.h"

namespace ankisync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto kNothing = [](std::uint64_t) {};

class ImportedMedia : public testing::Test {
 protected:
  ImportedMedia() {
    std::filesystem::create_directories(Files());
    std::filesystem::create_directories(folder_ / "user");
  }

  std::filesystem::path Files() const { return folder_ / "old"; }

  void Keep(const std::string& name, const std::string& content) const {
    WriteFileAtomically(Files() / name, content);
  }

  ForeignMedia::Row Live(const std::string& name, std::int64_t usn,
                         const std::string& content) const {
    return {name, usn, false, Sha1(content), UnixSeconds{1000}};
  }
  ForeignMedia::Row Deleted(const std::string& name, std::int64_t usn) const {
    return {name, usn, true, std::nullopt, UnixSeconds{1000}};
  }

  ForeignMedia Foreign(std::vector<ForeignMedia::Row> rows, std::int64_t last_usn) const {
    return {Files(), std::move(rows), last_usn, true};
  }

  // "name usn", "name usn deleted"; by usn.
  std::vector<std::string> Import(const ForeignMedia& foreign,
                                  SourceFiles source = SourceFiles::kStay,
                                  const std::function<void(std::uint64_t)>& progress = kNothing) {
    plan_ = PlanMedia(foreign);
    UserMedia media(folder_ / "user", {disk_, clock_, {}});
    ImportMedia(plan_, source, media, progress);
    last_usn_ = Raw(media.index().totals().last_usn);
    std::vector<std::string> rows;
    for (const MediaImport::Row& row : MediaImport::RowsOf(media.index())) {
      if (!row.is_deleted) {
        EXPECT_TRUE(media.blobs().Holds(row.content, BlobStore::Depth::kContent));
      }
      rows.push_back(row.name + " " + std::to_string(Raw(row.usn)) +
                     (row.is_deleted ? " deleted" : ""));
    }
    return rows;
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  WorkerPool disk_{2};
  MediaPlan plan_;
  std::int32_t last_usn_ = 0;
};

TEST_F(ImportedMedia, KeepUsnsAndDeletionsSoThatClientsInStepStayInStep) {
  Keep("a", "1");
  Keep("b", "2");
  EXPECT_THAT(Import(Foreign({Live("b", 7, "2"), Live("a", 3, "1"), Deleted("c", 5)}, 9)),
              ElementsAre("a 3", "c 5 deleted", "b 7"));
  EXPECT_EQ(last_usn_, 9);
  EXPECT_THAT(plan_.remarks, IsEmpty());
}

TEST_F(ImportedMedia, OfWhichTheFileIsMissingAreLeftOutAndNotAnnouncedAsDeleted) {
  Keep("a", "1");
  EXPECT_THAT(Import(Foreign({Live("a", 1, "1"), Live("gone", 2, "x")}, 2)), ElementsAre("a 1"));
  EXPECT_THAT(plan_.remarks, ElementsAre(HasSubstr("gone is lost")));
}

TEST_F(ImportedMedia, WithoutARowAreAddedAboveAllOthers) {
  Keep("a", "1");
  Keep("new", "2");
  EXPECT_THAT(Import(Foreign({Live("a", 1, "1")}, 4)), ElementsAre("a 1", "new 5"));
}

TEST_F(ImportedMedia, OfOtherContentThanTheirRowSaysGetAFreshUsn) {
  Keep("a", "changed");
  EXPECT_THAT(Import(Foreign({Live("a", 1, "1")}, 4)), ElementsAre("a 5"));
}

TEST_F(ImportedMedia, AreNumberedAnewWhereTwoShareAUsn) {
  Keep("a", "1");
  Keep("b", "2");
  EXPECT_THAT(Import(Foreign({Live("a", 4, "1"), Live("b", 4, "2")}, 4)),
              ElementsAre("a 5", "b 6"));
}

TEST_F(ImportedMedia, ThatWereDeletedStayDeletedUnlessThatServerIsKnownToInventDeletions) {
  Keep("a", "1");
  ForeignMedia foreign = Foreign({Deleted("a", 2)}, 2);
  EXPECT_THAT(Import(foreign), ElementsAre("a 2 deleted"));
  EXPECT_THAT(plan_.remarks, ElementsAre(HasSubstr("it was deleted")));
  foreign.trusts_deletions = false;
  EXPECT_THAT(PlanMedia(foreign).entries.front().file, Files() / "a");
}

TEST_F(ImportedMedia, AreThoseThatClientsCouldHaveSent) {
  Keep("cafe\u0301.jpg", "decomposed");
  Keep("empty", "");
  Keep(".tmp_left", "x");
  Keep("control\x01", "x");
  std::filesystem::create_directory(Files() / "folder");
  EXPECT_THAT(Import(Foreign({}, 0)), ElementsAre("caf\u00e9.jpg 1"));
  EXPECT_THAT(plan_.remarks, testing::UnorderedElementsAre(HasSubstr("empty"), HasSubstr("control"),
                                                           HasSubstr("folder")));
}

TEST_F(ImportedMedia, InTwoSpellingsOfOneNameAreTakenAsClientsSpellIt) {
  Keep("cafe\u0301", "decomposed");
  Keep("caf\u00e9", "composed");
  EXPECT_THAT(Import(Foreign({Live("caf\u00e9", 1, "composed")}, 1)), ElementsAre("caf\u00e9 1"));
}

TEST_F(ImportedMedia, OfAStoppedImportAreGoneOnWithWhereItStoppedAlsoWhenFilesAreMoved) {
  struct Stop {};
  std::vector<ForeignMedia::Row> rows;
  for (int i = 0; i < 450; ++i) {
    const std::string name = std::to_string(1000 + i);
    Keep(name, name);
    if (i % 2 == 0) rows.push_back(Live(name, i + 1, name));
  }
  const ForeignMedia foreign = Foreign(rows, 450);
  EXPECT_THROW(Import(foreign, SourceFiles::kLeave,
                      [](std::uint64_t done) {
                        if (done > 200) throw Stop();
                      }),
               Stop);
  EXPECT_THAT(Import(foreign, SourceFiles::kLeave), testing::SizeIs(450));
  EXPECT_EQ(last_usn_, 450 + 225);
  EXPECT_TRUE(std::filesystem::is_empty(Files()));
}

}  // namespace
}  // namespace ankisync
