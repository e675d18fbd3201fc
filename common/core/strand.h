// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "common/core/worker_pool.h"

namespace ankisync {

// One user's work, one task after the other, on whichever pool thread is free. A waiting task holds
// no thread. The pool must outlive every strand with work in it.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  static std::shared_ptr<Strand> Create(WorkerPool& pool);

  // While it is held no other task runs. Ends where it is let go, on any thread.
  using Turn = std::shared_ptr<void>;

  void Post(std::function<void()> task);  // any thread; the task must not throw

  // For the running task alone, once: the strand goes on when the turn ends, be the task at work
  // still or over long ago.
  Turn TakeTurn();

  std::size_t waiting() const;  // posted, and its turn not over

  // Runs the task here and now if nothing else is posted or running; else false, and it was not
  // run. For a task that takes no longer than a hand-over.
  bool RunHereIfIdle(const std::function<void()>& task);

 private:
  explicit Strand(WorkerPool& pool) : pool_(pool) {}
  void Run();
  bool EndTurn();  // whether another task waits, for the caller to go on with
  void GoOn();

  WorkerPool& pool_;
  mutable std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  // the front one has the turn, or is posted to the pool
  bool* is_turn_taken_ = nullptr;            // the running task's; touched by whoever has the turn
};

}  // namespace ankisync
