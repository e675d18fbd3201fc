// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/hashing_slots.h"

#include "common/core/error.h"

namespace ankisync {

HashingSlots::Slot HashingSlots::Take() {
  std::unique_lock lock(mutex_);
  if (taken_ >= bounds_.at_once_max) {
    if (waiting_ >= bounds_.waiting_max)
      throw SyncError(ErrorKind::kUnavailable, "too many logins at a time");
    ++waiting_;
    freed_.wait(lock, [this] { return taken_ < bounds_.at_once_max; });
    --waiting_;
  }
  ++taken_;
  return Slot(*this);
}

std::size_t HashingSlots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void HashingSlots::Free() {
  const std::lock_guard lock(mutex_);
  --taken_;
  freed_.notify_one();
}

}  // namespace ankisync
