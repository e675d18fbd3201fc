// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cells/cell_map.h"
#include "common/cells/volume_cell.h"
#include "services/ankisyncctl/test_command.h"

// Moves between two data folders as an operator types them, and what is proposed.
namespace ankisync {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Buckets: ada 494, bob 438, cy 304.
class CellCommands : public AnkisyncctlTest {
 protected:
  CellCommands() {
    ClaimVolume(test_.volume, "a");
    ClaimVolume(other_.volume, "b");
    WriteFileAtomically(file_,
                        "cells: {a: {url: 'http://a/'}, b: {url: 'http://b/'}}\n"
                        "buckets: {a: [0-1023], b: []}\n");
  }

  Account Add(const std::string& name, std::size_t bytes) {
    Account account = server_.Add(name);
    WriteFileAtomically(test_.volume.UserFolder(account.folder) / "state.bin",
                        std::string(bytes, 'x'));
    return account;
  }

  Ended Cell(Words words) const {
    words.insert(words.begin(), "cell");
    words.insert(words.end(), {"--cells", file_.string()});
    return Ctl(words);
  }
  Ended Move(Words words) const {
    words.insert(words.begin(), "move");
    words.insert(words.end(), {"--to-data", other_.folder.path().string()});
    return Cell(words);
  }
  Ended Plan() const {
    return Cell({"rebalance", "--plan", "--with", other_.folder.path().string()});
  }

  TestVolume other_;
  TestProgram other_server_{other_.volume};
  const std::filesystem::path file_ = test_.folder.path() / "cells.yaml";
};

TEST_F(CellCommands, ADryRunSaysSizesAndTimeAndChangesNothing) {
  Add("ada", 3 << 20);
  EXPECT_THAT(Move({"ada", "b", "--dry-run"}).out,
              AllOf(StartsWith("would move: ada (3.0 MiB of databases"),
                    HasSubstr("frozen for about 1 s of about 1 s")));
  EXPECT_THAT(Move({"ada", "b", "--dry-run", "--json"}).out,
              AllOf(HasSubstr("\"database_bytes\":3145728"), HasSubstr("\"frozen_seconds\":1,"),
                    HasSubstr("\"seconds\":1}")));
  EXPECT_THAT(server_.holds.List(), IsEmpty());
  EXPECT_THAT(other_server_.accounts.List(), IsEmpty());
  EXPECT_EQ(ReadCellMap(file_).HomeOfUser("ada").name, "a");
}

TEST_F(CellCommands, WhatWasMovedStaysUntilItIsConfirmed) {
  const Account ada = Add("ada", 1000);
  EXPECT_THAT(Move({"ada", "b"}).out, AllOf(StartsWith("moved: ada"), HasSubstr("cell confirm")));
  EXPECT_EQ(ReadCellMap(file_).HomeOfUser("ada").name, "b");
  EXPECT_EQ(other_server_.accounts.Get("ada").id, ada.id);
  EXPECT_THAT(Ctl({"cell", "show"}).out, HasSubstr("ada: gone to b, not confirmed"));
  EXPECT_THAT(Ctl({"cell", "confirm", "ada"}).out, HasSubstr("removed what ada left in cell a"));
  EXPECT_THAT(Ctl({"cell", "show"}).out,
              AllOf(HasSubstr("gone to b"), Not(HasSubstr("confirmed"))));
  EXPECT_EQ(Ctl({"cell", "confirm", "ada"}).status, kRefused);
}

TEST_F(CellCommands, TheSameMoveMayBeSaidTwice) {
  Add("ada", 1000);
  EXPECT_EQ(Move({"ada", "b"}).status, kDone);
  EXPECT_EQ(Move({"ada", "b"}).status, kDone);
  EXPECT_EQ(Move({"ada", "b", "--undo"}).status, kRefused) << "too late";
  EXPECT_EQ(ReadCellMap(file_).HomeOfUser("ada").name, "b");
}

TEST_F(CellCommands, ProposesToMoveTheLargeToTheCellThatIsEmpty) {
  Add("ada", 300'000);
  Add("bob", 200'000);
  Add("cy", 100'000);
  EXPECT_EQ(Plan().out, "cell move --bucket 494 b    from a: 292.9 KiB, 0 active devices\n");
}

TEST_F(CellCommands, CountsWhoSyncsAndNotSizesAlone) {
  Add("ada", 1000);
  Add("bob", 1000);
  const auto today = Raw(SystemClock().Now()) - Raw(server_.clock.Now());
  server_.clock.Advance(std::chrono::milliseconds(today));
  Login("bob", "geheim");
  EXPECT_EQ(Plan().out, "cell move --bucket 494 b    from a: 1000 bytes, 0 active devices\n");
}

TEST_F(CellCommands, CountsThoseWhomNoBucketMoves) {
  Add("ada", 300'000);
  ChangeCellMap(file_, [&](CellMap& map) { map.PlaceBucket(494, "b"); });  // ada's: stays here
  Add("bob", 300'000);
  EXPECT_THAT(Plan().out, HasSubstr("cell move --bucket 438 b"));
}

TEST_F(CellCommands, ProposesNothingWhereCellsCarryAlike) {
  EXPECT_EQ(Plan().out, "nothing to move: the cells carry alike\n");
}

}  // namespace
}  // namespace ankisync
