// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/scheduler_day.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <utility>

#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

std::optional<std::string> RowOf(const rapidjson::Value& config, const char* key) {
  const auto member = config.FindMember(key);
  if (member == config.MemberEnd() || member->value.IsNull()) return std::nullopt;
  return TextOf(member->value);
}

DayConfig ConfigOf(const rapidjson::Value& config) {
  return {RowOf(config, "schedVer"), RowOf(config, "rollover"), RowOf(config, "creationOffset"),
          RowOf(config, "localOffset")};
}

// The queues and dues that the golden collections hold for each type, -1 standing for "not buried".
void ExpectQueues(const rapidjson::Value& cards, bool unburied) {
  for (const auto& card : cards.GetArray()) {
    const int type = card[1].GetInt();
    const int number = card[0].GetInt() % 10;
    const std::array before{-2, -3, -1, type == 2 ? 2 : 0, -2, -3};
    const int queue = before.at(static_cast<std::size_t>(number));
    const bool changes = unburied && queue < -1;
    EXPECT_EQ(changes ? UnburiedQueue(type, card[3].GetInt64()) : queue, card[2].GetInt())
        << card[0].GetInt();
  }
}

TEST(SchedulerDay, IsTheReferencesInEveryGoldenCollection) {
  const auto vectors = LoadVectors("notes_cards_day.json");
  ASSERT_EQ(vectors["unbury"].Size(), 60U);
  for (const auto& c : vectors["unbury"].GetArray()) {
    SCOPED_TRACE(std::string(c["note"].GetString()) + " crt " +
                 std::to_string(c["crt"].GetInt64()));
    const std::int64_t now = c["server_time"].GetInt64();
    const SchedulerDay day = SchedulerDayAt(now, c["crt"].GetInt64(), ConfigOf(c["config"]));
    const auto last_before = RowOf(c["config"], "lastUnburied");
    const bool due = UnburyIsDue(day.today, last_before);

    const auto& last_after = c["last_unburied"];
    if (due) {
      ASSERT_EQ(last_after.Size(), 1U);
      EXPECT_EQ(std::to_string(day.today), TextOf(last_after[0][0]));
      EXPECT_EQ(last_after[0][1].GetInt(), 10);
    } else {
      EXPECT_EQ(last_after.Size(), last_before ? 1U : 0U);
    }
    const auto& rollover = c["rollover"];
    const bool rollover_written = rollover.Size() == 1 && rollover[0][1].GetInt() == 10;
    EXPECT_EQ(day.rollover_is_missing, rollover_written);
    if (!c["cards_after"].IsNull()) ExpectQueues(c["cards_after"], due);
  }
}

struct Instant {
  std::int64_t crt;
  const char* creation_offset;
  std::int64_t now;
  const char* local_offset;
  std::uint32_t today;
};

TEST(SchedulerDay, TurnsAtTheRolloverHourOfTheDevice) {
  // 2018-08-06 00:00 and 03:00 at UTC-6; days later at UTC-7 or -6.
  for (const Instant& c : {Instant{1533535200, "360", 1577415600, "420", 507},
                           Instant{1533535200, "360", 1577415600, "360", 507},
                           Instant{1533546000, "360", 1533805199, "420", 2},
                           Instant{1533546000, "360", 1533812399, "420", 2},
                           Instant{1533546000, "360", 1533812400, "420", 3}}) {
    const DayConfig config{"2", "4", c.creation_offset, c.local_offset};
    EXPECT_EQ(SchedulerDayAt(c.now, c.crt, config).today, c.today) << c.now;
  }
}

TEST(SchedulerDay, CountsTheLegacyDaysOfThePublishedExamples) {
  constexpr std::int64_t kNow = 1584491078;
  EXPECT_EQ(SchedulerDayAt(kNow, 1575226800, {}).today, 107U);
  EXPECT_EQ(SchedulerDayAt(kNow, 1533564000, {"2", "0", std::nullopt, "-600"}).today, 589U);
  EXPECT_EQ(SchedulerDayAt(kNow, 1524038400, {"2", "4", std::nullopt, "-600"}).today, 700U);
}

TEST(SchedulerDay, TakesConfigThatIsNoJsonForMissing) {
  const SchedulerDay day = SchedulerDayAt(1795499557, 1700000000, {" 2 ", "04", "{", "1 2"});
  EXPECT_TRUE(day.rollover_is_missing);
  EXPECT_EQ(day.today, 1106U);
}

TEST(SchedulerDay, SurvivesAnyCreationTime) {
  for (const std::int64_t crt :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    for (const char* offset : {"-1439", "1439", "null"}) {
      SchedulerDayAt(1795499557, crt, {"2", "4", offset, offset});
      SchedulerDayAt(1795499557, crt, {"1", "4", offset, offset});
    }
  }
  EXPECT_EQ(SchedulerDayAt(0, std::numeric_limits<std::int64_t>::max(), {"2", "4", "0", "0"}).today,
            0U);
}

TEST(SchedulerDay, AClockThatWasAWeekAheadDoesNotUnburyAgain) {
  EXPECT_FALSE(UnburyIsDue(100, "107"));
  EXPECT_TRUE(UnburyIsDue(100, "108"));
  EXPECT_FALSE(UnburyIsDue(100, "100"));
  EXPECT_TRUE(UnburyIsDue(100, "99"));
  EXPECT_FALSE(UnburyIsDue(4294967295U, "4294967295"));
}

}  // namespace
}  // namespace ankisync
