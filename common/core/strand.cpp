// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/strand.h"

#include <utility>

namespace ankisync {

std::shared_ptr<Strand> Strand::Create(WorkerPool& pool) {
  return std::shared_ptr<Strand>(new Strand(pool));
}

void Strand::Post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (tasks_.size() > 1) return;
  }
  GoOn();
}

std::size_t Strand::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

Strand::Turn Strand::TakeTurn() {
  *is_turn_taken_ = true;
  return {nullptr, [self = shared_from_this()](void*) {
            if (self->EndTurn()) self->GoOn();
          }};
}

bool Strand::RunHereIfIdle(const std::function<void()>& task) {
  {
    const std::lock_guard lock(mutex_);
    if (!tasks_.empty()) return false;
    tasks_.emplace_back();  // in its place
  }
  bool is_turn_taken = false;
  is_turn_taken_ = &is_turn_taken;
  task();
  if (!is_turn_taken && EndTurn()) GoOn();
  return true;
}

bool Strand::EndTurn() {
  const std::lock_guard lock(mutex_);
  tasks_.pop_front();
  return !tasks_.empty();
}

void Strand::GoOn() {
  pool_.Post([self = shared_from_this()] { self->Run(); });
}

// One task per turn on the pool, so that a busy user cannot keep a thread from the others; more
// while there are no others.
void Strand::Run() {
  do {
    std::function<void()> task;
    {
      const std::lock_guard lock(mutex_);
      task = std::move(tasks_.front());
    }
    bool is_turn_taken = false;
    is_turn_taken_ = &is_turn_taken;
    task();
    task = nullptr;
    if (is_turn_taken || !EndTurn()) return;
  } while (pool_.waiting() == 0);
  GoOn();
}

}  // namespace ankisync
