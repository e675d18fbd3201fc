// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>

#include "common/core/ids.h"

namespace ankisync {

// What time it is. Passed in, so that a day roll-over or an idle time-out is one line in a test.
// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMillis Now() const = 0;
  // For durations: never jumps.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixMillis Now() const override;
  std::chrono::steady_clock::time_point Steady() const override;
};

// Stands still until told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixMillis now) : now_(Raw(now)) {}
  UnixMillis Now() const override;
  std::chrono::steady_clock::time_point Steady() const override;
  void Advance(std::chrono::milliseconds by);

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> elapsed_ms_{0};
};

}  // namespace ankisync
