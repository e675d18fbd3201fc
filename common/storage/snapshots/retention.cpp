// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/retention.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace ankisync {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kWeek = 7 * kDay;
constexpr std::int64_t kMonth = 30 * kDay;

// Of states that share a slot the first stays. Nothing: each has its own.
using Slot = std::pair<std::int64_t, std::int64_t>;  // length, number

enum class Verdict { kStays, kOnePerSlot, kGoes };

std::pair<Verdict, Slot> Judge(const Keepable& kept, UnixSeconds now, const RetentionRules& rules) {
  const std::int64_t age = Raw(now) - Raw(kept.taken);
  if (age < rules.all_days * kDay) return {Verdict::kStays, {}};
  for (const auto& [length, until] :
       {Slot{kDay, rules.daily_days * kDay}, Slot{kWeek, rules.weekly_weeks * kWeek},
        Slot{kMonth, rules.monthly_months * kMonth}}) {
    if (age < until) return {Verdict::kOnePerSlot, {length, Raw(kept.taken) / length}};
  }
  return {Verdict::kGoes, {}};
}

// How much would be missed: the time from its elder to its younger neighbour, for its age.
double HoleWithout(std::span<const Keepable> all, const std::set<std::size_t>& gone, std::size_t i,
                   UnixSeconds now) {
  std::int64_t before = Raw(all[i].taken) - kMonth;  // the first one has nothing before it
  for (std::size_t k = i; k-- > 0;) {
    if (gone.contains(k)) continue;
    before = Raw(all[k].taken);
    break;
  }
  std::int64_t after = Raw(now);
  for (std::size_t k = i + 1; k < all.size(); ++k) {
    if (gone.contains(k)) continue;
    after = Raw(all[k].taken);
    break;
  }
  const auto age = static_cast<double>(std::max<std::int64_t>(Raw(now) - Raw(all[i].taken), 1));
  return static_cast<double>(after - before) / age;
}

}  // namespace

std::vector<std::size_t> Expired(std::span<const Keepable> all, UnixSeconds now,
                                 const RetentionRules& rules) {
  std::set<std::size_t> gone;
  std::set<Slot> taken_slots;
  const auto may_go = [&](std::size_t i) { return i + 1 < all.size() && !all[i].is_pinned; };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [verdict, slot] = Judge(all[i], now, rules);
    const bool is_first = verdict == Verdict::kOnePerSlot && taken_slots.insert(slot).second;
    if (may_go(i) && verdict != Verdict::kStays && !is_first) gone.insert(i);
  }
  for (;;) {
    std::uint64_t bytes = 0;
    std::optional<std::size_t> victim;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (gone.contains(i)) continue;
      bytes += all[i].bytes;
      if (may_go(i) &&
          (!victim || HoleWithout(all, gone, i, now) < HoleWithout(all, gone, *victim, now))) {
        victim = i;
      }
    }
    const bool fits = bytes <= rules.bytes_max && all.size() - gone.size() <= rules.count_max;
    if (fits || !victim) break;
    gone.insert(*victim);
  }
  return {gone.begin(), gone.end()};
}

}  // namespace ankisync
