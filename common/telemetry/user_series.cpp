// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/user_series.h"

#include "common/telemetry/log_text.h"

namespace ankisync {
namespace {

constexpr std::size_t kNameBytesMax = 128;

}  // namespace

UserSeries::UserSeries(prometheus::Registry& registry, std::size_t users_max)
    : users_max_(users_max),
      syncs_(AddFamily<prometheus::Counter>(registry, "ankisync_user_syncs_total",
                                            "Syncs that ended, by user.")),
      last_success_(AddFamily<prometheus::Gauge>(registry,
                                                 "ankisync_user_last_success_timestamp_seconds",
                                                 "When a user last synced, in Unix time.")) {}

void UserSeries::SyncEnded(std::string_view user, SyncKind kind, SyncOutcome outcome,
                           UnixMillis now) {
  const std::string name = NameFor(user);
  syncs_
      .Add({{"user", name},
            {"kind", std::string(WordOf(kind))},
            {"outcome", std::string(WordOf(outcome))}})
      .Increment();
  if (outcome == SyncOutcome::kOk && !name.empty()) {
    last_success_.Add({{"user", name}}).Set(static_cast<double>(Raw(now)) / 1000);
  }
}

std::string UserSeries::NameFor(std::string_view user) {
  std::string name;
  AppendEscaped(name, user, kNameBytesMax);  // one odd byte would spoil the whole exposition
  const std::scoped_lock lock(mutex_);
  if (users_.contains(name)) return name;
  if (users_.size() >= users_max_) return {};
  return *users_.insert(std::move(name)).first;
}

}  // namespace ankisync
