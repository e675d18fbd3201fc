// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/strand.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

namespace ankisync {
namespace {

TEST(Strand, TasksOfOneStrandRunInOrderAndNeverTogether) {
  std::vector<int> order;
  std::atomic<int> running = 0;
  std::atomic<bool> overlapped = false;
  {
    WorkerPool pool(4);
    const auto strand = Strand::Create(pool);
    for (int i = 0; i < 1000; ++i) {
      strand->Post([&, i] {
        if (++running != 1) overlapped = true;
        order.push_back(i);
        --running;
      });
    }
  }
  EXPECT_FALSE(overlapped);
  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Strand, OneStrandsWorkDoesNotHoldUpAnother) {
  WorkerPool pool(2);
  const auto slow = Strand::Create(pool);
  const auto quick = Strand::Create(pool);
  std::promise<void> done;
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  for (int i = 0; i < 8; ++i) slow->Post([opened] { opened.wait(); });
  quick->Post([&] { done.set_value(); });
  done.get_future().wait();  // would hang if the slow strand could take both threads
  gate.set_value();
}

TEST(Strand, RunsATaskHereOnlyWhenItHasNoOther) {
  WorkerPool pool(1);
  const auto strand = Strand::Create(pool);
  std::vector<int> order;
  EXPECT_TRUE(strand->RunHereIfIdle([&] {
    order.push_back(1);
    EXPECT_FALSE(strand->RunHereIfIdle([] {}));
    strand->Post([&] { order.push_back(3); });
    order.push_back(2);
  }));
  pool.Stop();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(Strand, GoesOnWhileATaskIsAtWorkThatLetItsTurnGo) {
  WorkerPool pool(2);
  const auto strand = Strand::Create(pool);
  std::promise<void> next_ran;
  std::promise<void> done;
  strand->Post([&] {
    strand->TakeTurn().reset();
    next_ran.get_future().wait();  // would hang if the next one waited for this task's end
    done.set_value();
  });
  strand->Post([&] { next_ran.set_value(); });
  done.get_future().wait();
}

TEST(Strand, WaitsForATurnThatOutlivesItsTask) {
  WorkerPool pool(2);
  const auto strand = Strand::Create(pool);
  std::promise<Strand::Turn> taken;
  std::atomic<bool> has_turn = true;
  std::promise<bool> next_ran;
  strand->Post([&] { taken.set_value(strand->TakeTurn()); });
  strand->Post([&] { next_ran.set_value(has_turn); });
  Strand::Turn turn = taken.get_future().get();
  EXPECT_EQ(strand->waiting(), 2U);
  has_turn = false;
  turn.reset();
  EXPECT_FALSE(next_ran.get_future().get());
}

}  // namespace
}  // namespace ankisync
