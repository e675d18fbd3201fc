// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/worker_pool.h"

#include <semaphore.h>

#include <cerrno>
#include <utility>

namespace ankisync {

// One idle thread. A semaphore of its own: a condition variable costs two system calls more for
// each task, and wakes whom it likes.
class WorkerPool::Sleeper {
 public:
  Sleeper() { ::sem_init(&semaphore_, 0, 0); }
  ~Sleeper() { ::sem_destroy(&semaphore_); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  void Wake() { ::sem_post(&semaphore_); }
  void Sleep() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_;
};

WorkerPool::WorkerPool(std::size_t threads, std::function<void(Duration)> on_start)
    : on_start_(std::move(on_start)) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Sleeper* const sleeper : idle_) sleeper->Wake();
    idle_.clear();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Post(std::function<void()> task) {
  Sleeper* woken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ && threads_.empty()) return;
    tasks_.push_back({std::move(task), std::chrono::steady_clock::now()});
    if (!idle_.empty()) {
      woken = idle_.back();
      idle_.pop_back();
    }
  }
  if (woken) woken->Wake();
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

WorkerPool::Duration WorkerPool::longest_wait() const {
  const std::lock_guard lock(mutex_);
  return tasks_.empty() ? Duration() : std::chrono::steady_clock::now() - tasks_.front().posted;
}

void WorkerPool::Run() {
  Sleeper self;
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      if (on_start_) on_start_(std::chrono::steady_clock::now() - task.posted);
      task.run();
      task.run = nullptr;  // what it held goes without the lock
      lock.lock();
    }
    if (stopping_) return;
    idle_.push_back(&self);
    lock.unlock();
    self.Sleep();
    lock.lock();
  }
}

}  // namespace ankisync
