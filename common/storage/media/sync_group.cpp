// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/sync_group.h"

#include <memory>
#include <utility>

#include "common/core/files.h"

namespace ankisync {

SyncGroup::~SyncGroup() { WaitForAll(); }

void SyncGroup::Add(UniqueFd file) {
  const auto shared = std::make_shared<UniqueFd>(std::move(file));  // tasks are copyable
  const std::lock_guard lock(mutex_);
  disk_.Post([this, shared] {
    std::exception_ptr failure;
    try {
      SyncFile(shared->get());
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard done(mutex_);
    if (failure && !failure_) failure_ = failure;
    if (--left_ == 0) all_done_.notify_all();
  });
  ++left_;  // the task waits for the lock to count down
}

void SyncGroup::Wait() {
  WaitForAll();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void SyncGroup::WaitForAll() {
  std::unique_lock lock(mutex_);
  all_done_.wait(lock, [this] { return left_ == 0; });
}

}  // namespace ankisync
