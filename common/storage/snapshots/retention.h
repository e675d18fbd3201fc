// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "common/core/ids.h"

namespace ankisync {

// What is kept of a row of states: everything for a while, then the first one of each day, of each
// week, of each month, and nothing beyond.
struct RetentionRules {
  int all_days = 2;
  int daily_days = 14;
  int weekly_weeks = 8;
  int monthly_months = 12;  // of 30 days
  std::uint64_t bytes_max = std::uint64_t{2} << 30;
  std::size_t count_max = 100;
};

struct Keepable {
  UnixSeconds taken{};
  std::uint64_t bytes = 0;
  bool is_pinned = false;
};

// Which of `all`, oldest first, are to go, as indices. The newest and pinned ones never do. Of
// those that the ages allow but space or number do not, those go that leave the smallest hole for
// their age: so not even a device that uploads all day pushes the past out.
std::vector<std::size_t> Expired(std::span<const Keepable> all, UnixSeconds now,
                                 const RetentionRules& rules);

}  // namespace ankisync
