// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/media_syncs.h"

namespace ankisync::media {

void MediaSyncs::Add(const MediaEvent& event) {
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  if (event.began) in_progress_.erase(event.device);  // whatever became of the last one
  if (in_progress_.size() >= kDevicesMax) in_progress_.clear();
  Sync& sync = in_progress_.try_emplace(event.device, InProgress{now, {}}).first->second.sync;
  const UserMedia::Applied& up = event.uploaded;
  sync.received += up.added + up.replaced + up.deleted + up.identical + up.was_not_there;
  sync.received_bytes += event.received_bytes;
  sync.sent += event.downloaded;
  sync.sent_bytes += event.sent_bytes;
}

MediaSyncs::Sync MediaSyncs::End(DeviceId device) {
  const std::scoped_lock lock(mutex_);
  const auto found = in_progress_.extract(device);
  if (!found) return {};
  Sync sync = found.mapped().sync;
  sync.duration = std::chrono::steady_clock::now() - found.mapped().began;
  return sync;
}

}  // namespace ankisync::media
