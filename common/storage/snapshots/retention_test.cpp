// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ankisync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kNow = 20'000 * kDay + 12 * kHour;  // noon

// Of these ages, oldest first.
std::vector<Keepable> Aged(const std::vector<std::int64_t>& ages) {
  std::vector<Keepable> all;
  for (const std::int64_t age : ages)
    all.push_back({.taken = static_cast<UnixSeconds>(kNow - age), .bytes = 100});
  return all;
}

std::vector<std::size_t> ExpiredOf(const std::vector<Keepable>& all,
                                   const RetentionRules& rules = {}) {
  return Expired(all, static_cast<UnixSeconds>(kNow), rules);
}

TEST(Retention, KeepsAllOfTwoDaysThenTheFirstOfADay) {
  EXPECT_THAT(ExpiredOf(Aged({3 * kDay + 5 * kHour, 3 * kDay + 4 * kHour, 3 * kDay, 47 * kHour,
                              46 * kHour, kHour, 0})),
              ElementsAre(1, 2));
}

TEST(Retention, ThenTheFirstOfAWeekAndOfAMonthAndNothingAfterAYear) {
  std::vector<std::int64_t> ages;
  for (std::int64_t day = 500; day >= 0; --day) ages.push_back(day * kDay);
  const auto expired = ExpiredOf(Aged(ages));
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0, next = 0; i < ages.size(); ++i) {
    if (next < expired.size() && expired[next] == i) {
      ++next;
    } else {
      kept.push_back(ages[i] / kDay);
    }
  }
  const auto between = [&kept](std::int64_t from, std::int64_t to) {
    return std::count_if(kept.begin(), kept.end(), [=](auto d) { return d >= from && d < to; });
  };
  EXPECT_EQ(between(0, 14), 14);
  EXPECT_NEAR(static_cast<double>(between(14, 56)), 6, 1);
  EXPECT_NEAR(static_cast<double>(between(56, 360)), 10, 1);
  EXPECT_EQ(between(360, 501), 0);
}

TEST(Retention, NeverTakesTheNewestNorAPinnedOne) {
  auto all = Aged({900 * kDay, 800 * kDay, 700 * kDay});
  all[1].is_pinned = true;
  EXPECT_THAT(ExpiredOf(all), ElementsAre(0));
  EXPECT_THAT(ExpiredOf(all, {.bytes_max = 1}), ElementsAre(0));
  EXPECT_THAT(ExpiredOf({}), IsEmpty());
}

// A device that uploads again and again, every five minutes.
TEST(Retention, WhereSpaceIsShortTheCrowdedGoAndThePastStays) {
  std::vector<std::int64_t> ages{30 * kDay, 7 * kDay, kDay};
  for (std::int64_t minute = 235; minute >= 0; minute -= 5) ages.push_back(minute * 60);
  const auto all = Aged(ages);
  const auto expired = ExpiredOf(all, {.bytes_max = 1000});
  EXPECT_EQ(all.size() - expired.size(), 10U);
  for (const std::size_t i : {0, 1, 2, static_cast<int>(all.size()) - 1})
    EXPECT_THAT(expired, testing::Not(testing::Contains(i)));
  EXPECT_EQ(expired, ExpiredOf(all, {.count_max = 10}));
}

}  // namespace
}  // namespace ankisync
