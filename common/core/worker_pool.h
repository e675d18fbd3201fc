// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ankisync {

// Threads for what takes time: SQLite, compression, hashing. A task must not throw. Post() never
// blocks; how much may wait is bounded where work is admitted (service/), since a refusal there
// still reaches the client.
//
// The thread that went idle last is the first to be woken: its stack, its memory and its zstd
// contexts are warm, and threads that are never needed never have any.
class WorkerPool {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // `on_start` is told how long each task waited for a thread; by any of them, it must not throw.
  explicit WorkerPool(std::size_t threads, std::function<void(Duration)> on_start = {});
  ~WorkerPool();  // Stop()

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Post(std::function<void()> task);  // after Stop() forgotten

  // Runs what was posted, then joins. Once, by one thread.
  void Stop();

  std::size_t waiting() const;
  // How long the task has waited that is the next to be taken; zero when none waits.
  Duration longest_wait() const;

 private:
  class Sleeper;
  struct Task {
    std::function<void()> run;
    std::chrono::steady_clock::time_point posted;
  };

  void Run();

  const std::function<void(Duration)> on_start_;

  mutable std::mutex mutex_;
  std::vector<Sleeper*> idle_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ankisync
