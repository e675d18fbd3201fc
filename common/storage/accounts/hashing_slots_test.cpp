// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/hashing_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "common/core/error.h"

namespace ankisync {
namespace {

TEST(HashingSlots, AreNeverTakenByMoreThanTheBound) {
  HashingSlots slots({.at_once_max = 2, .waiting_max = 100});
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> logins;
    for (int login = 0; login < 8; ++login) {
      logins.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          const auto slot = slots.Take();
          const int here = ++now;
          for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
          }
          std::this_thread::yield();
          --now;
        }
      });
    }
  }
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST(HashingSlots, TurnAwayAtOnceWhoeverWouldWaitBehindTooMany) {
  HashingSlots slots({.at_once_max = 1, .waiting_max = 1});
  std::jthread waiter;
  {
    const auto taken = slots.Take();
    waiter = std::jthread([&] { const auto slot = slots.Take(); });
    while (slots.waiting() == 0) std::this_thread::yield();
    try {
      const auto slot = slots.Take();
      FAIL() << "waited";
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    }
  }
  waiter.join();
  EXPECT_NO_THROW(const auto slot = slots.Take());
}

}  // namespace
}  // namespace ankisync
