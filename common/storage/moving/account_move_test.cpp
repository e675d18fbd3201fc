// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/account_move.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/accounts/authenticator.h"
#include "common/storage/accounts/test_volume.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/new_collection.h"
#include "common/storage/media/media_fixture.h"
#include "common/storage/moving/copy_collection.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

class Killed : public std::exception {};

struct Cell {
  explicit Cell(std::string its_name) : name(std::move(its_name)) {}
  MoveEnd end() { return {name, test.volume, program.accounts, program.devices, program.holds}; }
  fs::path folder() { return test.volume.UserFolder(program.accounts.Get("ada").folder); }
  bool Serves(const std::string& hkey) {
    const auto identity = authenticator.Find(hkey);
    return identity && !identity->hold;
  }

  std::string name;
  TestVolume test;
  TestProgram program{test.volume};
  Authenticator authenticator{program.auth, program.sessions};
};

// ada lives in a and is to live in b.
class AccountMoving : public testing::Test {
 protected:
  AccountMoving() {
    a_.program.devices.Register(ada_.id, kKey, {"26.08.1,dev,linux", "192.0.2.1"}, "phone");
    const Generations generations(a_.folder());
    CreateCollection(generations.NewFile(), a_.program.clock.Now());
    generations_ = Generations(a_.folder()).SwitchToNewFile();
    OpenedMedia(a_.folder()).Upload({{"1.png", "one"}, {"2.png", "two"}});
    fs::create_directories(a_.folder() / "snapshots");
    WriteFileAtomically(a_.folder() / "snapshots/20261124T081015Z-manual.anki2.zst", "a snapshot");
  }

  AccountMove Move(AccountMove::OnStep on_step = {}) {
    return {a_.end(), b_.end(), a_.program.accounts.Get("ada"), disk_, std::move(on_step)};
  }
  void Advance() {
    AccountMove move = Move();
    move.Check();
    move.Advance();
    move.Thaw();
  }

  void ExpectWholeIn(Cell& cell) {
    EXPECT_TRUE(cell.Serves(kKey));
    EXPECT_EQ(Generations(cell.folder()).current(), generations_);
    EXPECT_EQ(OpenedMedia(cell.folder()).Read("1.png"), "one");
    EXPECT_EQ(OpenedMedia(cell.folder()).Read("2.png"), "two");
    EXPECT_EQ(ReadFile(cell.folder() / "snapshots/20261124T081015Z-manual.anki2.zst", 100),
              "a snapshot");
    const auto devices = cell.program.devices.List(ada_.id);
    ASSERT_THAT(devices, testing::SizeIs(1));
    EXPECT_EQ(devices[0].label, "phone");
    EXPECT_EQ(devices[0].client.version, "26.08.1,dev,linux");
  }

  static constexpr char kKey[] = "a key of whichever server";
  Cell a_{"a"};
  Cell b_{"b"};
  WorkerPool disk_{2};
  Account ada_ = a_.program.Add("ada", "geheim");
  int generations_ = 0;
};

TEST_F(AccountMoving, BringsAllOfAUserAndKeepsTheSourceUntilItIsConfirmed) {
  a_.program.accounts.SetQuota("ada", {.media_files_max = 7});
  Advance();
  ExpectWholeIn(b_);
  EXPECT_FALSE(a_.Serves(kKey));
  const Account arrived = b_.program.accounts.Get("ada");
  EXPECT_EQ(arrived.id, ada_.id);
  EXPECT_EQ(arrived.password_hash, a_.program.accounts.Get("ada").password_hash);
  EXPECT_EQ(arrived.quota.media_files_max, 7);
  EXPECT_TRUE(AccountMove::KeepsData(a_.end(), ada_));
  EXPECT_TRUE(AccountMove::Confirm(a_.end(), ada_));
  EXPECT_FALSE(AccountMove::KeepsData(a_.end(), ada_));
  EXPECT_FALSE(AccountMove::Confirm(b_.end(), arrived));
  ExpectWholeIn(b_);
}

TEST_F(AccountMoving, BringsTheCollectionByteForByte) {
  const TemporaryFolder copies;
  CopyCollection(a_.folder(), copies.path() / "before");
  Advance();
  CopyCollection(b_.folder(), copies.path() / "after");
  EXPECT_EQ(ReadFile(copies.path() / "before", 1 << 24),
            ReadFile(copies.path() / "after", 1 << 24));
}

TEST_F(AccountMoving, AUserWithoutAnythingMovesToo) {
  const Account bob = a_.program.Add("bob");
  AccountMove move(a_.end(), b_.end(), bob, disk_);
  move.Check();
  move.Advance();
  move.Thaw();
  EXPECT_EQ(b_.program.accounts.Get("bob").id, bob.id);
  EXPECT_FALSE(b_.program.holds.MoveOf(bob.id));
}

TEST_F(AccountMoving, BackAgainOnceTheFirstMoveIsConfirmed) {
  Advance();
  AccountMove back(b_.end(), a_.end(), b_.program.accounts.Get("ada"), disk_);
  EXPECT_THROW(back.Check(), SyncError);
  AccountMove::Confirm(a_.end(), ada_);
  OpenedMedia(b_.folder()).Upload({{"2.png", "two, changed in b"}});
  back.Check();
  back.Advance();
  back.Thaw();
  EXPECT_TRUE(a_.Serves(kKey));
  EXPECT_FALSE(b_.Serves(kKey));
  EXPECT_EQ(OpenedMedia(a_.folder()).Read("2.png"), "two, changed in b");
}

TEST_F(AccountMoving, AnotherAccountOfThatNameIsInTheWay) {
  b_.program.Add("ada");
  EXPECT_THROW(Move().Check(), SyncError);
}

TEST_F(AccountMoving, NotToTwoCellsAtATime) {
  Cell c("c");
  a_.program.holds.PlaceMove(ada_.id, {MoveState::kLeaving, "c"});
  EXPECT_THROW(Move().Check(), SyncError);
}

TEST_F(AccountMoving, WhoWentOnToAnotherCellSinceIsNotMovedByTheSameWordsAgain) {
  Cell c("c");
  Advance();
  AccountMove on(b_.end(), c.end(), b_.program.accounts.Get("ada"), disk_);
  on.Check();
  on.Advance();
  on.Thaw();
  EXPECT_THROW(Move().Check(), SyncError);
  ExpectWholeIn(c);
}

// A batch that was let in before the hold: it is not acknowledged, but must not look like a copy
// that differs from its source.
TEST_F(AccountMoving, MediaThatIsBeingCommittedIsWaitedFor) {
  OpenedMedia media(a_.folder());
  const TemporaryFolder copy;
  std::thread copying;
  {
    MediaUpdate update(media->index(), media->now());
    copying = std::thread([&] { CopyUser(a_.folder(), copy.path(), disk_); });
    update.Delete("1.png");
    update.Commit();
  }
  copying.join();
  EXPECT_FALSE(OpenedMedia(copy.path()).Live("1.png"));
}

TEST_F(AccountMoving, IsConfirmedWhileAServerStillMakesFilesThere) {
  Advance();
  const fs::path folder = a_.folder();
  std::thread server([&] {
    for (int file = 0; fs::exists(folder); ++file)
      UniqueFd(
          ::open((folder / std::to_string(file)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  });
  EXPECT_TRUE(AccountMove::Confirm(a_.end(), ada_));
  server.join();
  EXPECT_FALSE(AccountMove::KeepsData(a_.end(), ada_));
}

TEST_F(AccountMoving, WhatAConfirmationThatWasKilledLeftIsRemovedByTheNext) {
  Advance();
  fs::create_directories(a_.test.volume.root() / "left");
  fs::rename(a_.folder(), a_.test.volume.root() / "left" / std::to_string(Raw(ada_.id)));
  EXPECT_TRUE(AccountMove::KeepsData(a_.end(), ada_));
  EXPECT_TRUE(AccountMove::Confirm(a_.end(), ada_));
  EXPECT_FALSE(AccountMove::KeepsData(a_.end(), ada_));
}

TEST_F(AccountMoving, AFolderOfThatNameIsNobodyElses) {
  b_.program.Add("Ada");  // whose folder a file system may take for ada's
  Advance();
  ExpectWholeIn(b_);
  EXPECT_NE(b_.program.accounts.Get("ada").folder, "ada");
}

// A kill after each step: what was on the way is gone with the process.
class AccountMoveKilled : public AccountMoving, public testing::WithParamInterface<const char*> {
 protected:
  void KillAt(const std::string& step) {
    AccountMove move = Move([&](const std::string& made) {
      EXPECT_FALSE(a_.Serves(kKey) && b_.Serves(kKey));
      if (made == step) throw Killed();
    });
    EXPECT_THROW(
        {
          move.Advance();
          move.Thaw();
        },
        Killed);
  }
};

TEST_P(AccountMoveKilled, GoesOnToTheEnd) {
  KillAt(GetParam());
  Advance();
  ExpectWholeIn(b_);
  EXPECT_FALSE(a_.Serves(kKey));
  EXPECT_EQ(a_.program.holds.MoveOf(ada_.id), (MoveHold{MoveState::kGone, "b"}));
  EXPECT_EQ(b_.program.holds.MoveOf(ada_.id), std::nullopt);
}

TEST_P(AccountMoveKilled, GoesOnPastALockThatSomethingElseLeftThere) {
  KillAt(GetParam());
  if (b_.program.accounts.Find("ada") && b_.program.holds.MoveOf(ada_.id))
    b_.test.volume.LockUser(b_.program.accounts.Get("ada").folder);
  Advance();
  ExpectWholeIn(b_);
}

TEST_P(AccountMoveKilled, GoesOnAfterAnUndoThatWasKilledToo) {
  for (const char* const step : {"out of force", "removed"}) {
    KillAt(GetParam());
    if (Move().is_switched()) break;
    AccountMove undo = Move([&](const std::string& made) {
      if (made == step) throw Killed();
    });
    try {
      undo.Undo();
    } catch (const Killed&) {
    }
  }
  Advance();
  ExpectWholeIn(b_);
}

TEST_P(AccountMoveKilled, IsUndoneUpToTheSwitch) {
  KillAt(GetParam());
  if (Move().is_switched()) {
    EXPECT_THROW(Move().Undo(), SyncError);
    return;
  }
  AccountMove undo = Move([](const std::string&) { throw Killed(); });
  EXPECT_THROW(undo.Undo(), Killed);  // and that is killed once, too
  Move().Undo();
  ExpectWholeIn(a_);
  EXPECT_FALSE(b_.Serves(kKey));
  Advance();
  ExpectWholeIn(b_);
}

INSTANTIATE_TEST_SUITE_P(AfterEachStep, AccountMoveKilled,
                         testing::Values("copy ahead", "freeze", "account", "files", "copy",
                                         "switch", "thaw"));

}  // namespace
}  // namespace ankisync
