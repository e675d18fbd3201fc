// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

// The scheduler's day number, and what a new day does to buried cards.
//
// Clients unbury without marking cards as changed; a server that did not do the same would give a
// new device yesterday's buried cards. The server's own time zone never matters.
//
// Source: docs/protocol.md, 3.14 and 8.9.
namespace ankisync {

// Rows of the config table as they stand there, JSON; nothing: no such row. Values of a wrong type
// or range count as missing.
struct DayConfig {
  std::optional<std::string> sched_ver;        // "schedVer"
  std::optional<std::string> rollover;         // "rollover": hour
  std::optional<std::string> creation_offset;  // "creationOffset": minutes west of UTC
  std::optional<std::string> local_offset;     // "localOffset": minutes west of UTC
};

struct SchedulerDay {
  std::uint32_t today;       // days since the collection's creation, modulo 2^32
  bool rollover_is_missing;  // config "rollover" is to be written as kDefaultRolloverHour
};

inline constexpr int kDefaultRolloverHour = 4;

SchedulerDay SchedulerDayAt(std::int64_t now_s, std::int64_t crt_s, const DayConfig& config);

// `last_unburied`: config "lastUnburied", as in DayConfig.
bool UnburyIsDue(std::uint32_t today, const std::optional<std::string>& last_unburied);

// The queue of a card that stops being buried (queue -2 or -3), by its type.
int UnburiedQueue(int type, std::int64_t due);

}  // namespace ankisync
