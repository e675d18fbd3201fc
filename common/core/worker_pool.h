// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

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
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();  // Stop()

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Post(std::function<void()> task);  // after Stop() forgotten

  // Runs what was posted, then joins. Once, by one thread.
  void Stop();

  std::size_t waiting() const;

 private:
  class Sleeper;
  void Run();

  mutable std::mutex mutex_;
  std::vector<Sleeper*> idle_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ankisync
