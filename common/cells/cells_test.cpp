// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/cells/cells.h"

#include <gtest/gtest.h>

#include "common/cells/volume_cell.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/accounts/move_hold.h"
#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

// ada's bucket is 494.
constexpr char kAdaInA[] =
    "cells: {a: {url: 'http://a/'}, b: {url: 'http://b/'}}\nbuckets: {a: [494], b: [0-493, "
    "495-1023]}\n";
constexpr char kAdaInB[] =
    "cells: {a: {url: 'http://a/'}, b: {url: 'http://b/'}}\nbuckets: {b: [0-1023], a: []}\n";

// Cell a, with ada in its volume.
class CellsTest : public testing::Test {
 protected:
  void Write(const char* text) { WriteFileAtomically(file_, text); }
  void Place(MoveState state) { program_.holds.PlaceMove(ada_.id, {state, "b"}); }

  std::string ElsewhereOf(const std::string& hkey) {
    const auto home = cells_.Elsewhere(hkey, authenticator_.Find(hkey).get());
    return home ? home->name : "";
  }
  std::string ElsewhereToLogin(const std::string& name) {
    const auto account = program_.accounts.Find(name);
    const auto home = cells_.ElsewhereToLogin(
        name, account.has_value(), account ? program_.holds.MoveOf(account->id) : std::nullopt);
    return home ? home->name : "";
  }

  TestVolume test_;
  std::filesystem::path file_ = test_.folder.path() / "cells.yaml";
  TestProgram program_{test_.volume};
  Authenticator authenticator_{program_.auth, program_.sessions};
  Account ada_ = program_.Add("ada");
  std::string key_ = NewHostkey("ada", ada_.id);
  DeviceId phone_ = program_.devices.Register(ada_.id, key_, {});
  Cells cells_{(Write(kAdaInA), file_), "a"};
};

TEST_F(CellsTest, AUserOfThisCellIsServedHere) {
  EXPECT_EQ(ElsewhereOf(key_), "");
  EXPECT_EQ(ElsewhereToLogin("ada"), "");
}

TEST_F(CellsTest, AKeyOfAnotherCellsUserLeadsThere) {
  EXPECT_EQ(ElsewhereOf(NewHostkey("grace", AccountId{77})), "b");
  EXPECT_EQ(ElsewhereToLogin("grace"), "b");
}

TEST_F(CellsTest, AKeyThatNobodyGaveIsUnknownHere) {
  EXPECT_EQ(ElsewhereOf("6f1ed002ab5595859014ebf0951522d9"), "");
  EXPECT_EQ(ElsewhereOf(NewHostkey("ada", ada_.id)), "");
}

TEST_F(CellsTest, AnAccountThatIsHereIsServedHereWhateverTheFileSays) {
  Write(kAdaInB);
  EXPECT_TRUE(cells_.Reload());
  EXPECT_EQ(ElsewhereOf(key_), "");
  EXPECT_EQ(ElsewhereToLogin("ada"), "");
}

TEST_F(CellsTest, WhoLeavesIsToldSoAndSentNowhere) {
  for (const MoveState state : {MoveState::kLeaving, MoveState::kArriving}) {
    Place(state);
    EXPECT_EQ(ElsewhereOf(key_), "");
    EXPECT_TRUE(authenticator_.Find(key_)->hold);
    EXPECT_THROW(ElsewhereToLogin("ada"), SyncError);
  }
}

TEST_F(CellsTest, WhoHasGoneIsSentAfterTheFileSaysWhere) {
  const std::string foreign = "6f1ed002ab5595859014ebf0951522d9";
  program_.devices.Register(ada_.id, foreign, {});
  Place(MoveState::kGone);
  EXPECT_EQ(ElsewhereOf(key_), "");
  EXPECT_THROW(ElsewhereToLogin("ada"), SyncError);
  Write(kAdaInB);
  cells_.Reload();
  EXPECT_EQ(ElsewhereOf(key_), "b");
  EXPECT_EQ(ElsewhereOf(foreign), "b");
  EXPECT_EQ(ElsewhereToLogin("ada"), "b");
}

TEST_F(CellsTest, AMoveThatEndedIsForgotten) {
  Place(MoveState::kLeaving);
  Place(MoveState::kGone);
  EXPECT_EQ(program_.holds.MoveOf(ada_.id), (MoveHold{MoveState::kGone, "b"}));
  EXPECT_EQ(program_.holds.List().size(), 1U);
  program_.holds.EndMove(ada_.id);
  EXPECT_FALSE(program_.holds.MoveOf(ada_.id));
  EXPECT_EQ(ElsewhereOf(key_), "");
}

TEST_F(CellsTest, AnAccountThatMovesIsChangedByNobody) {
  Place(MoveState::kGone);
  EXPECT_THROW(program_.accounts.Rename("ada", "augusta"), SyncError);
  EXPECT_THROW(program_.accounts.Disable("ada"), SyncError);
  EXPECT_THROW(program_.accounts.SetQuota("ada", {}), SyncError);
  EXPECT_THROW(program_.accounts.Delete("ada"), SyncError);
}

TEST_F(CellsTest, AFileThatCannotBeReadIsComplainedOfOnceAndChangesNothing) {
  Write("cells: {}");
  EXPECT_THROW(cells_.Reload(), SyncError);
  EXPECT_FALSE(cells_.Reload());
  EXPECT_EQ(ElsewhereToLogin("grace"), "b");
}

TEST_F(CellsTest, AFileWithoutThisCellIsNotTaken) { EXPECT_THROW(Cells(file_, "c"), SyncError); }

TEST_F(CellsTest, AVolumeBelongsToOneCell) {
  EXPECT_EQ(CellOf(test_.volume), std::nullopt);
  ClaimVolume(test_.volume, "a");
  ClaimVolume(test_.volume, "a");
  EXPECT_EQ(CellOf(test_.volume), "a");
  EXPECT_THROW(ClaimVolume(test_.volume, "b"), SyncError);
}

}  // namespace
}  // namespace ankisync
