// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "common/telemetry/words.h"

namespace ankisync::sync {

// What one side sent during a sync.
struct Moved {
  std::array<std::uint64_t, kWords<ObjectKind>.size()> objects{};  // by kind
  std::uint64_t bytes = 0;                                         // of payloads, uncompressed

  std::uint64_t& operator[](ObjectKind kind) { return objects[static_cast<std::size_t>(kind)]; }
  std::uint64_t all_objects() const {
    return std::accumulate(objects.begin(), objects.end(), std::uint64_t{0});
  }
};

// For the log line and the metrics.
struct Traffic {
  Moved sent;
  Moved received;
};

}  // namespace ankisync::sync
