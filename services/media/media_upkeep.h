// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "common/core/worker_pool.h"
#include "common/storage/media/collect.h"
#include "common/storage/media/verify.h"
#include "common/storage/volume/volume.h"

namespace ankisync::media {

// Once a day, beside the requests and on a thread of its own, looks through the media of all
// accounts: collects what no undo window holds any more and what crashes left, and withdraws files
// whose content is gone, before a client asks for one. Several processes of a volume may do so.
//
// Threads: EverySecond() and Wait() one at a time; the callbacks come from the thread.
class MediaUpkeep {
 public:
  struct Settings {
    std::chrono::seconds retention;  // of replaced and deleted contents
    std::chrono::seconds first_after = std::chrono::minutes(10);
    std::chrono::seconds then_every = std::chrono::hours(24);
  };
  struct Done {
    std::string folder;  // the account's
    MediaCollected collected;
    MediaFindings findings;
    std::string trouble;  // why it could not be looked through
  };

  // `on_done` is told of accounts where anything was done or could not be.
  MediaUpkeep(const Volume& volume, UserMedia::Tools tools, Settings settings,
              std::function<void(const Done&)> on_done);
  ~MediaUpkeep();  // within the time that one file takes

  void EverySecond();  // begins a round when it is time
  void Wait();         // until a round that has begun is over; none begins after it

 private:
  void LookThroughAll();
  Done LookThrough(const std::string& folder);

  const Volume& volume_;
  const UserMedia::Tools tools_;
  const Settings settings_;
  const std::function<void(const Done&)> on_done_;
  std::chrono::steady_clock::time_point next_;
  std::atomic<bool> is_running_ = false;
  std::atomic<bool> is_stopping_ = false;
  WorkerPool thread_{1};
};

}  // namespace ankisync::media
