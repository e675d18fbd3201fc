// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/generations.h"

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/collection/test_folder.h"

namespace ankisync {
namespace {

class GenerationsTest : public TestFolder {
 protected:
  int Switch(const std::string& content) {
    Generations generations(folder());
    WriteFileAtomically(generations.NewFile(), content);
    return generations.SwitchToNewFile();
  }
};

TEST_F(GenerationsTest, TheLinkLeadsToTheNewestAndTheOneBeforeStays) {
  EXPECT_EQ(Generations(folder()).current(), 0);
  EXPECT_EQ(Switch("one"), 1);
  EXPECT_EQ(Switch("two"), 2);
  EXPECT_EQ(ReadFile(folder() / "collection.anki2", 10), "two");
  EXPECT_EQ(ReadFile(folder() / "gen-0001.anki2", 10), "one");
}

TEST_F(GenerationsTest, SweepRemovesWhatNeverCameIntoForceAndNothingThatDid) {
  for (const char* content : {"one", "two", "three"}) Switch(content);
  WriteFileAtomically(folder() / "gen-0004.anki2", "killed before the link");
  WriteFileAtomically(folder() / "collection.new", "killed before the rename");
  WriteFileAtomically(folder() / "gen-note.txt", "somebody's");
  Generations(folder()).Sweep();
  EXPECT_EQ(Generations(folder()).Superseded(), (std::vector{1, 2}));
  EXPECT_EQ(ReadFile(folder() / "collection.anki2", 10), "three");
  EXPECT_FALSE(std::filesystem::exists(folder() / "gen-0004.anki2"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "collection.new"));
  EXPECT_TRUE(std::filesystem::exists(folder() / "gen-note.txt"));
}

TEST_F(GenerationsTest, ALostLinkIsMadeAgainAndNothingIsTakenForANewUser) {
  for (const char* content : {"one", "two"}) Switch(content);
  std::filesystem::remove(folder() / "collection.anki2");
  Generations(folder()).Sweep();
  EXPECT_EQ(Generations(folder()).current(), 2);
  EXPECT_EQ(ReadFile(folder() / "collection.anki2", 10), "two");
}

TEST_F(GenerationsTest, WhatIsNoLinkOfOursIsRefusedAndLeftAlone) {
  Switch("one");
  std::filesystem::remove(folder() / "collection.anki2");
  WriteFileAtomically(folder() / "collection.anki2", "put here by hand");
  EXPECT_THROW(Generations(folder()).current(), SyncError);
  EXPECT_THROW(Generations(folder()).Sweep(), SyncError);
  EXPECT_EQ(ReadFile(folder() / "collection.anki2", 100), "put here by hand");
  EXPECT_EQ(ReadFile(folder() / "gen-0001.anki2", 10), "one");
}

}  // namespace
}  // namespace ankisync
