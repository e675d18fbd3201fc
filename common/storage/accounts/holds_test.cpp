// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/holds.h"

#include <gtest/gtest.h>

#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

TEST(Holds, AreOnePerAccountAndReasonAndEachIsNewerThanTheLast) {
  const TestVolume test;
  TestProgram program(test.volume);
  Holds& holds = program.holds;
  const auto first = holds.Place(AccountId{7}, "restore", "One moment.");
  const auto everybody = holds.Place(std::nullopt, "maintenance", "Back at nine.");
  const auto second = holds.Place(AccountId{7}, "restore", "Another moment.");
  EXPECT_LT(first, everybody);
  EXPECT_LT(everybody, second);

  const auto placed = holds.List();
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[0].account, std::nullopt);
  EXPECT_EQ(placed[0].reason, "maintenance");
  EXPECT_EQ(placed[1].account, AccountId{7});
  EXPECT_EQ(placed[1].sentence, "Another moment.");
  EXPECT_EQ(placed[1].generation, second);

  EXPECT_FALSE(holds.Lift(AccountId{8}, "restore"));
  EXPECT_FALSE(holds.Lift(AccountId{7}, "maintenance"));
  EXPECT_TRUE(holds.Lift(AccountId{7}, "restore"));
  EXPECT_TRUE(holds.Lift(std::nullopt, "maintenance"));
  EXPECT_TRUE(holds.List().empty());
  EXPECT_GT(holds.Place(AccountId{7}, "restore", "Once more."), second);
}

}  // namespace
}  // namespace ankisync
