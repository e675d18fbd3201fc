// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace ankisync::http {

// So many bytes for all requests together. Any thread.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  bool TryTake(std::uint64_t bytes) {
    std::uint64_t taken = taken_.load(std::memory_order_relaxed);
    do {
      if (bytes > bytes_max_ - taken) return false;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
    return true;
  }
  void Return(std::uint64_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }
  bool is_half_taken() const { return taken() >= bytes_max_ / 2; }

 private:
  const std::uint64_t bytes_max_;
  std::atomic<std::uint64_t> taken_{0};
};

// What one body holds of a budget; given back with it. One thread at a time.
class BudgetShare {
 public:
  explicit BudgetShare(std::shared_ptr<Budget> budget) : budget_(std::move(budget)) {}
  BudgetShare(BudgetShare&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  BudgetShare& operator=(BudgetShare&&) = delete;
  ~BudgetShare() { Release(); }

  // False when the budget has no room: then nothing changes.
  bool GrowTo(std::uint64_t bytes) {
    if (bytes <= bytes_) return true;
    if (!budget_->TryTake(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  void Release() {
    if (bytes_ > 0) budget_->Return(std::exchange(bytes_, 0));
  }

 private:
  std::shared_ptr<Budget> budget_;
  std::uint64_t bytes_ = 0;
};

}  // namespace ankisync::http
