// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/sync_group.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <utility>

#include "common/core/files.h"

namespace ankisync {
namespace {

// As many as the pool has threads; a task for each file would wake one, and be told of its end, for
// each file.
constexpr std::size_t kAtOnce = 8;

struct Syncing {
  explicit Syncing(std::vector<UniqueFd> those)
      : files(std::move(those)),
        tasks(std::min(kAtOnce, files.size())),
        all_done(static_cast<std::ptrdiff_t>(tasks)) {}

  void Work() {
    for (std::size_t i; (i = next++) < files.size(); files[i] = UniqueFd()) {
      try {
        SyncFile(files[i].get());
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    }
    all_done.count_down();
  }

  std::vector<UniqueFd> files;
  const std::size_t tasks;
  std::latch all_done;
  std::atomic<std::size_t> next = 0;
  std::mutex mutex{};
  std::exception_ptr failure{};
};

}  // namespace

void SyncGroup::Add(UniqueFd file) { files_.push_back(std::move(file)); }

void SyncGroup::Wait() {
  const auto syncing = std::make_shared<Syncing>(std::exchange(files_, {}));
  for (std::size_t i = 0; i < syncing->tasks; ++i) disk_.Post([syncing] { syncing->Work(); });
  syncing->all_done.wait();
  if (syncing->failure) std::rethrow_exception(syncing->failure);
}

}  // namespace ankisync
