// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/undo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/core/error.h"
#include "common/storage/snapshots/snapshot_folder.h"
#include "common/storage/snapshots/test_user.h"

namespace ankisync {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

class Undo : public testing::Test {
 protected:
  UndoTended Tend(int days_later = 0, const UndoRules& rules = {},
                  UndoDue due = UndoDue::kChanges) {
    return TendUndo(user_.folder.path(),
                    static_cast<UnixMillis>(1'795'508'415'000 + days_later * kDayMs), rules, due);
  }
  std::vector<std::string> Kept() const {
    std::vector<std::string> words;
    for (const Snapshot& snapshot : folder_.List()) {
      words.push_back(std::string(NameOf(snapshot.reason)) + ' ' +
                      std::to_string(snapshot.facts->counts.notes));
    }
    return words;
  }

  TestUser user_;
  SnapshotFolder folder_{user_.folder.path()};
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Undo, WhatAnUploadReplacedBecomesASnapshotAndItsFileGoes) {
  user_.AddNote(1, 1);
  user_.Replace();
  user_.AddNote(1, 1);
  user_.AddNote(2, 2);
  user_.Replace();
  EXPECT_EQ(Tend().made.size(), 2U);
  EXPECT_THAT(Kept(), ElementsAre("upload 1", "upload 2"));
  EXPECT_THAT(user_.generations.Superseded(), IsEmpty());
  EXPECT_THAT(Tend().made, IsEmpty());
}

TEST_F(Undo, OfACollectionThatNobodySyncedWithNothingIsKept) {
  user_.Replace();
  EXPECT_THAT(Tend().made, IsEmpty());
  EXPECT_THAT(user_.generations.Superseded(), IsEmpty());
}

TEST_F(Undo, WhatCannotBecomeASnapshotStaysAsItIs) {
  std::filesystem::create_directory(folder_.path());
  user_.AddNote(1, 1);
  user_.Replace();
  const auto damaged = user_.generations.PathOf(1);
  std::ofstream(damaged, std::ios::in | std::ios::out) << "no database at all";
  user_.AddNote(1, 1);
  user_.Replace();
  EXPECT_THROW(Tend(), SyncError);
  EXPECT_THAT(Kept(), ElementsAre("upload 1"));
  EXPECT_THAT(user_.generations.Superseded(), ElementsAre(1));
}

TEST_F(Undo, OnceADayAChangedCollectionIsKept) {
  user_.AddNote(1, 1);
  EXPECT_EQ(Tend().made.size(), 1U);
  user_.AddNote(2, 2);
  EXPECT_THAT(Tend().made, IsEmpty());
  EXPECT_EQ(Tend(1).made.size(), 1U);
  EXPECT_THAT(Tend(2).made, IsEmpty()) << "nothing changed";
  user_.AddNote(3, 3);
  EXPECT_THAT(Tend(3, {.daily = false}).made, IsEmpty());
  EXPECT_EQ(Tend(3).made.size(), 1U);
  EXPECT_THAT(Kept(), ElementsAre("daily 1", "daily 2", "daily 3"));
}

TEST_F(Undo, AnUploadAloneIsNotTheDaysChange) {
  user_.AddNote(1, 1);
  user_.Replace();
  user_.AddNote(1, 2);
  EXPECT_EQ(Tend(1, {}, UndoDue::kReplaced).made.size(), 1U);
  EXPECT_THAT(Tend(2, {}, UndoDue::kReplaced).made, IsEmpty());
  EXPECT_EQ(Tend(2, {}, UndoDue::kChanges).made.size(), 1U);
  EXPECT_THAT(Kept(), ElementsAre("upload 1", "daily 1"));
}

TEST_F(Undo, WhatIsTooOldGoes) {
  for (int day = 0; day < 3; ++day) {
    user_.AddNote(day + 1, day + 1);
    Tend(day);
  }
  EXPECT_EQ(Tend(500).removed, 2U);
  EXPECT_THAT(Kept(), ElementsAre("daily 3"));
}

}  // namespace
}  // namespace ankisync
