// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace ankisync {

// How many password hashes run at a time, each with a core and its memory, and how many may wait:
// strangers cause them. Threads: any.
class HashingSlots {
 public:
  struct Bounds {
    std::size_t at_once_max = 2;
    std::size_t waiting_max = 32;
  };

  explicit HashingSlots(const Bounds& bounds) : bounds_(bounds) {}

  class Slot {
   public:
    explicit Slot(HashingSlots& slots) : slots_(slots) {}
    ~Slot() { slots_.Free(); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    HashingSlots& slots_;
  };

  // Waits for its turn. Errors: kUnavailable, at once, when `waiting_max` wait already.
  [[nodiscard]] Slot Take();

  std::size_t waiting() const;

 private:
  void Free();

  const Bounds bounds_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace ankisync
