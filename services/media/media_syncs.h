// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "services/media/methods/media_service.h"

namespace ankisync::media {

// What each device's media sync moved since it began, for the line of the log at its end. A sync is
// many requests and no session: behind a gateway, each of several media-sync knows its own of them.
// Any thread.
class MediaSyncs {
 public:
  struct Sync {
    std::int64_t received = 0;  // files and deletions
    std::int64_t sent = 0;      // files
    std::uint64_t received_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::chrono::steady_clock::duration duration{};
  };

  static constexpr std::size_t kDevicesMax = 10'000;  // beyond it all syncs begin anew

  void Add(const MediaEvent& event);
  Sync End(DeviceId device);

 private:
  struct InProgress {
    std::chrono::steady_clock::time_point began;
    Sync sync;
  };

  std::mutex mutex_;
  std::unordered_map<DeviceId, InProgress> in_progress_;
};

}  // namespace ankisync::media
