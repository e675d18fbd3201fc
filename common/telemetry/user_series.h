// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <prometheus/registry.h>

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "common/core/ids.h"
#include "common/telemetry/series.h"

namespace ankisync {

// Series with users' names, for operators who asked for them. The first `users_max` names get their
// own; whoever comes later is counted without a name. Any thread.
class UserSeries {
 public:
  UserSeries(prometheus::Registry& registry, std::size_t users_max);

  void SyncEnded(std::string_view user, SyncKind kind, SyncOutcome outcome, UnixMillis now);

 private:
  std::string NameFor(std::string_view user);

  const std::size_t users_max_;
  prometheus::Family<prometheus::Counter>& syncs_;
  prometheus::Family<prometheus::Gauge>& last_success_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> users_;
};

}  // namespace ankisync
