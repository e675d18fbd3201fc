// SPDX-License-Identifier: AGPL-3.0-or-later
// Many clients at once, some of them rude.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "common/http/testing/served_test.h"

namespace ankisync::http::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

using Storms = ServedTest;

TEST_F(Storms, WhoAbortsDoesNotGetAnotherAnAnswerThatIsNotItsOwn) {
  application_.Serve("/large", [](std::unique_ptr<Exchange> exchange) {
    exchange->Respond({200, {}, std::string(256 * 1024, 'x')});
  });
  Start();
  std::atomic<bool> ended{false};
  std::atomic<int> answered{0};
  std::atomic<std::uint64_t> begun{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      while (!ended) {
        // A storm, not a flood: what waits to be accepted takes descriptors, and here they are ours
        // too.
        if (begun > server().statistics().connections_accepted + 200) {
          std::this_thread::yield();
          continue;
        }
        ++begun;
        Client client(port());
        client.Send(i % 2 == 0 ? Get("/large") : Post("/echo", "aborter"));
        if (i % 2 == 0) client.HasInput(milliseconds(1));
        client.Reset();
      }
    });
    threads.emplace_back([&, i] {
      int round = 0;
      while (!ended) {
        ++begun;
        Client client(port());
        EXPECT_FALSE(client.HasInput(milliseconds(0))) << "an answer that nobody asked for";
        for (int kept = 0; kept < 3; ++kept) {
          const std::string id = std::to_string(i) + "/" + std::to_string(++round);
          EXPECT_EQ(client.Ask(Post("/echo", id)).body, id);
          ++answered;
        }
      }
    });
  }
  while (answered < 300 / kSlower) std::this_thread::sleep_for(milliseconds(10));
  ended = true;
  for (std::thread& thread : threads) thread.join();
}

struct Rounds {
  const char* name;
  int clients;
  bool new_connections;
  int rounds;
};
void PrintTo(const Rounds& rounds, std::ostream* out) { *out << rounds.name; }

class LockStep : public ServedTest, public ::testing::WithParamInterface<Rounds> {};

TEST_P(LockStep, NoRoundStalls) {
  Start();
  std::vector<std::unique_ptr<Client>> clients;
  Clock::duration longest{0};
  for (int round = 0; round < GetParam().rounds / kSlower; ++round) {
    if (round == 0 || GetParam().new_connections) {
      clients.clear();
      for (int i = 0; i < GetParam().clients; ++i) {
        clients.push_back(std::make_unique<Client>(port()));
      }
    }
    const auto before = Clock::now();
    for (const auto& client : clients) ASSERT_TRUE(client->Send(Post("/echo", "x")));
    for (const auto& client : clients) {
      ASSERT_EQ(client->ReadAnswer().value_or(Received{}).body, "x") << round;
    }
    longest = std::max(longest, Clock::now() - before);
  }
  EXPECT_LT(longest, milliseconds(500));
}

INSTANTIATE_TEST_SUITE_P(Kept, LockStep,
                         ::testing::Values(Rounds{"Two", 2, false, 20'000},
                                           Rounds{"Three", 3, false, 20'000},
                                           Rounds{"Eight", 8, false, 10'000}),
                         [](const auto& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(New, LockStep,
                         ::testing::Values(Rounds{"Two", 2, true, 3'000},
                                           Rounds{"Three", 3, true, 2'000},
                                           Rounds{"Eight", 8, true, 1'000}),
                         [](const auto& test) { return test.param.name; });

TEST_F(Storms, BeyondTheLimitClientsAreHungUpOnAndLaterServed) {
  limits_.connections_max = 5;
  Start();
  std::vector<std::unique_ptr<Client>> clients;
  int served = 0;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    if (clients.back()->Ask(Get("/hello")).status == 200) ++served;
  }
  EXPECT_EQ(served, 5);
  EXPECT_EQ(Rejected(Rejection::kTooManyConnections), 15U);
  clients.clear();
  EXPECT_TRUE(Eventually([&] { return Client(port()).Ask(Get("/hello")).status == 200; }));
}

TEST_F(Storms, ConnectionsSpreadOverTheIoThreads) {
  std::mutex mutex;
  std::map<std::thread::id, int> threads;
  application_.Serve(
      "/thread",
      [&](std::unique_ptr<Exchange> exchange) {
        {
          const std::lock_guard lock(mutex);  // gone with the test, which ends with the last answer
          ++threads[std::this_thread::get_id()];
        }
        exchange->Respond({200, {}, ""});
      },
      TestApplication::On::kIoThread);
  Start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    ASSERT_EQ(clients.back()->Ask(Get("/thread")).status, 200);
  }
  ASSERT_EQ(threads.size(), 2U);
  EXPECT_GE(threads.begin()->second, 10);
  EXPECT_LE(threads.begin()->second, 30);
}

}  // namespace
}  // namespace ankisync::http::testing
