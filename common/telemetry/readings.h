// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <prometheus/registry.h>

#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

#include "common/telemetry/metrics.h"

namespace ankisync {

// Values that are asked for at each scrape. Any thread.
class Readings {
 public:
  explicit Readings(prometheus::Registry& registry) : registry_(registry) {}

  void Provide(Reading reading, std::function<double()> read, std::string_view label);
  void ProvideProcess(double start_time_s);  // process_…: start, processor time, memory
  void ProvideClock(const Clock& clock);     // for whoever compares it with their own
  void Refresh();

 private:
  struct Description;
  static const Description& DescriptionOf(Reading reading);
  void Add(const Description& description, std::function<double()> read, std::string_view label);

  prometheus::Registry& registry_;
  std::mutex mutex_;
  std::vector<std::function<void()>> refreshers_;
};

}  // namespace ankisync
