// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace ankisync::http {

// A thread that does something, again and again, until it is destroyed. The task must not throw.
class Periodic {
 public:
  Periodic(std::chrono::milliseconds interval, std::function<void()> task)
      : thread_([interval, task = std::move(task)](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any wake;
          std::unique_lock lock(mutex);
          while (!wake.wait_for(lock, stop, interval, [] { return false; }) &&
                 !stop.stop_requested()) {
            task();
          }
        }) {}

 private:
  std::jthread thread_;
};

}  // namespace ankisync::http
