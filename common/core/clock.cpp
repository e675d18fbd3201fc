// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/clock.h"

namespace ankisync {

UnixMillis SystemClock::Now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<UnixMillis>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

std::chrono::steady_clock::time_point SystemClock::Steady() const {
  return std::chrono::steady_clock::now();
}

UnixMillis ManualClock::Now() const { return static_cast<UnixMillis>(now_.load()); }

std::chrono::steady_clock::time_point ManualClock::Steady() const {
  return std::chrono::steady_clock::time_point(std::chrono::milliseconds(elapsed_ms_.load()));
}

void ManualClock::Advance(std::chrono::milliseconds by) {
  now_ += by.count();
  elapsed_ms_ += by.count();
}

}  // namespace ankisync
