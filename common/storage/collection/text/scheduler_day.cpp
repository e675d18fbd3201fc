// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/scheduler_day.h"

#include <algorithm>

#include "common/codec/json_read.h"
#include "common/storage/collection/text/json_or_nothing.h"

namespace ankisync {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kHour = 3'600;

template <typename T>
std::optional<T> ConfigInt(const std::optional<std::string>& row) {
  const auto document = row ? ParseOrNothing(*row) : std::nullopt;
  return document ? json::ReadInt<T>(document->root()) : std::nullopt;
}

// Seconds west of UTC.
std::optional<std::int64_t> ConfigOffset(const std::optional<std::string>& row) {
  const auto minutes = ConfigInt<std::int32_t>(row);
  constexpr std::int32_t kMinutesPerDay = 1'440;
  if (!minutes || *minutes <= -kMinutesPerDay || *minutes >= kMinutesPerDay) return std::nullopt;
  return std::int64_t{*minutes} * 60;
}

std::int64_t FloorToDay(std::int64_t seconds) { return seconds - (seconds % kDay + kDay) % kDay; }

// Days since crt, moved to the rollover hour of its day.
std::int64_t LegacyDay(std::int64_t now, std::int64_t crt, std::int64_t rollover,
                       std::int64_t west) {
  return (now - (FloorToDay(crt - west) + rollover + west)) / kDay;
}

// Calendar days, each in the time zone of its time.
std::int64_t CalendarDay(std::int64_t now, std::int64_t crt, std::int64_t rollover,
                         std::int64_t west_now, std::int64_t west_crt) {
  const std::int64_t today = FloorToDay(now - west_now);
  const std::int64_t days = (today - FloorToDay(crt - west_crt)) / kDay;
  const bool before_rollover = now - west_now < today + rollover;
  return std::max<std::int64_t>(days - (before_rollover ? 1 : 0), 0);
}

}  // namespace

SchedulerDay SchedulerDayAt(std::int64_t now_s, std::int64_t crt_s, const DayConfig& config) {
  constexpr std::int64_t kFar = std::int64_t{1} << 60;  // no sum below overflows
  const std::int64_t now = std::clamp(now_s, -kFar, kFar);
  const std::int64_t crt = std::clamp(crt_s, -kFar, kFar);
  if (ConfigInt<std::int64_t>(config.sched_ver) != 2) {
    return {static_cast<std::uint32_t>((now - crt) / kDay), false};
  }

  const auto hour = ConfigInt<std::uint8_t>(config.rollover);
  const std::int64_t rollover =
      std::min<std::int64_t>(hour.value_or(kDefaultRolloverHour), 23) * kHour;
  const std::int64_t west_now = ConfigOffset(config.local_offset).value_or(0);
  const auto west_crt = ConfigOffset(config.creation_offset);
  const std::int64_t day = west_crt ? CalendarDay(now, crt, rollover, west_now, *west_crt)
                                    : LegacyDay(now, crt, rollover, west_now);
  return {static_cast<std::uint32_t>(day), !hour};
}

bool UnburyIsDue(std::uint32_t today, const std::optional<std::string>& last_unburied) {
  constexpr std::uint64_t kClockErrorDays =
      7;  // a device whose clock was ahead may have written it
  const std::uint32_t last = ConfigInt<std::uint32_t>(last_unburied).value_or(0);
  return last < today || today + kClockErrorDays < last;
}

int UnburiedQueue(int type, std::int64_t due) {
  constexpr std::int64_t kDueIsATime = 1'000'000'000;  // above: seconds, else a day number
  switch (type) {
    case 2:
      return 2;
    case 1:
    case 3:
      return due > kDueIsATime ? 1 : 3;
    default:
      return 0;
  }
}

}  // namespace ankisync
