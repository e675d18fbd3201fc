// SPDX-License-Identifier: AGPL-3.0-or-later
// Start, drain, stop; and a server that is a process of its own, with few descriptors or a SIGTERM.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <future>
#include <thread>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/http/testing/served_test.h"

namespace ankisync::http::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class Life : public ServedTest {
 protected:
  Life() {
    application_.Serve("/slow", [this](std::unique_ptr<Exchange> exchange) {
      opened_.wait();
      exchange->Respond({200, {}, "slow"});
    });
  }

  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
};

TEST_F(Life, WhileDrainingWhatWasBegunIsAnsweredAndTheRestIsRefused) {
  Start();
  Client slow(port());
  Client kept(port());
  ASSERT_EQ(kept.Ask(Get("/hello")).Header("connection"), "keep-alive");
  ASSERT_TRUE(Eventually([&] { return application_.receivers() == 0; }));
  ASSERT_TRUE(slow.Send(Get("/slow")));
  ASSERT_TRUE(Eventually([&] { return application_.receivers() == 1; }));
  server().StopAccepting();
  Client late(port());
  for (Client* client : {&kept, &late}) {
    const auto refused = client->Ask(Get("/hello"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.Header("retry-after"), "5");
    EXPECT_EQ(refused.Header("connection"), "close");
  }
  EXPECT_FALSE(server().Drain(milliseconds(20))) << "the slow one is not answered yet";
  gate_.set_value();
  EXPECT_TRUE(server().Drain(kPatience));
  const auto answer = slow.ReadAnswer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "slow");
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_EQ(Rejected(Rejection::kDraining), 2U);
}

TEST_F(Life, StopEndsEveryConnectionAndLeavesNoDescriptor) {
  const std::size_t before = OpenDescriptors();
  Start();
  server().Stop();
  const std::size_t pistaches_own = OpenDescriptors() - before;  // it never closes some
  Start();
  {
    Client idle(port());
    Client uploading(port());
    Client unanswered(port());
    ASSERT_EQ(idle.Ask(Get("/hello")).status, 200);
    ASSERT_TRUE(Eventually([&] { return application_.receivers() == 0; }));
    ASSERT_TRUE(uploading.Send("POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\n"));
    ASSERT_TRUE(unanswered.Send(Get("/slow")));
    ASSERT_TRUE(Eventually([&] { return application_.receivers() == 2; }));
    server().Stop();
    EXPECT_EQ(application_.receivers(), 0);
    EXPECT_TRUE(idle.IsClosedByServer());
    EXPECT_TRUE(uploading.IsClosedByServer());
    EXPECT_TRUE(unanswered.IsClosedByServer());
  }
  gate_.set_value();  // an answer that finds nobody
  EXPECT_TRUE(Eventually([&] { return server().statistics().connections == 0; }));
  EXPECT_LE(OpenDescriptors(), before + 2 * pistaches_own);
}

TEST_F(Life, APortThatIsTakenIsSaid) {
  Start();
  Server second({.host = "127.0.0.1", .port = port(), .spool_folder = spool_}, application_, pool_);
  try {
    second.Start();
    FAIL() << "two servers on one port";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_NE(std::string(error.what()).find(std::to_string(port())), std::string::npos);
  }
}

TEST_F(Life, EveryAddressMeansIpv4Too) {
  application_.Serve("/who", [](std::unique_ptr<Exchange> exchange) {
    exchange->Respond({200, {}, exchange->head().peer_address});
  });
  for (const std::string host : {"::", "0.0.0.0", "localhost"}) {
    Server server({.host = host, .spool_folder = spool_}, application_, pool_);
    server.Start();
    EXPECT_EQ(Client(server.port()).Ask(Get("/who")).body, "127.0.0.1") << host;
  }
}

TEST_F(Life, AnIoThreadThatIsStuckIsNoticed) {
  limits_.nudge_interval = milliseconds(5);
  application_.Serve(
      "/stuck",
      [this](std::unique_ptr<Exchange> exchange) {
        opened_.wait();
        exchange->Respond({200, {}, ""});
      },
      TestApplication::On::kIoThread);
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/stuck")));
  EXPECT_TRUE(Eventually([&] { return server().LongestWorkerSilence() > milliseconds(300); }));
  gate_.set_value();
  EXPECT_TRUE(Eventually([&] { return server().LongestWorkerSilence() < milliseconds(100); }));
}

TEST_F(Life, StatisticsCountBytesBothWays) {
  Start();
  Client client(port());
  const std::string request = Post("/echo", std::string(1000, 'x'));
  client.Ask(request);
  EXPECT_EQ(server().statistics().bytes_in, request.size());
  EXPECT_TRUE(Eventually([&] { return server().statistics().bytes_out > 1000; }));
  EXPECT_LT(server().statistics().bytes_out, 1200U);
}

// ------------------------------------------------------------ a process of its own

// A server in a child process, which runs until SIGTERM, drains, stops and exits 0.
class ServerProcess {
 public:
  ServerProcess(const Limits& limits, rlim_t descriptors_max) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      try {
        Run(limits, descriptors_max, pipe[1]);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "the server's process: %s\n", error.what());
      }
      ::_exit(1);
    }
    const UniqueFd reader(pipe[0]);
    ::close(pipe[1]);
    EXPECT_EQ(::read(reader.get(), &port_, sizeof port_), ssize_t{sizeof port_});
  }
  ~ServerProcess() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  std::uint16_t port() const { return port_; }

  // Exit status; also how much processor time the process took.
  int Terminate(rusage* usage = nullptr) {
    ::kill(pid_, SIGTERM);
    return Wait(usage);
  }
  void SendTerminate() { ::kill(pid_, SIGTERM); }
  int Wait(rusage* usage = nullptr) {
    int status = -1;
    ::wait4(std::exchange(pid_, 0), &status, 0, usage);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static void Run(const Limits& limits, rlim_t descriptors_max, int pipe) {
    const int tell_port = ::dup2(pipe, 3);
    ::close_range(4, ~0U, 0);  // what other tests left open
    sigset_t stop;
    ::sigemptyset(&stop);
    ::sigaddset(&stop, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    const rlimit few{descriptors_max, descriptors_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    WorkerPool pool(2);
    TestApplication application(pool);
    application.Serve(
        "/hello",
        [](std::unique_ptr<Exchange> exchange) {
          exchange->Respond({200, {}, "hello"});
        },
        TestApplication::On::kIoThread);
    application.Serve("/slow", [](std::unique_ptr<Exchange> exchange) {
      std::this_thread::sleep_for(milliseconds(300));
      exchange->Respond({200, {}, "slow"});
    });
    application.Serve("/large", [](std::unique_ptr<Exchange> exchange) {
      exchange->Respond({200, {}, std::string(50 << 20, 'x')});
    });
    Server server({.host = "127.0.0.1", .spool_folder = ::testing::TempDir(), .limits = limits},
                  application, pool);
    server.Start();
    const std::uint16_t port = server.port();
    if (::write(tell_port, &port, sizeof port) != sizeof port) ::_exit(2);
    int signal = 0;
    ::sigwait(&stop, &signal);
    server.Drain(milliseconds(1000));
    server.Stop();
    ::_exit(0);
  }

  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
};

TEST(ServerProcessTest, SigtermAnswersTheSlowLeavesTheUnreadAndExitsWithinTheGrace) {
  ServerProcess process({}, 1000);
  Client idle(process.port());
  ASSERT_EQ(idle.Ask(Get("/hello")).status, 200);
  Client unread(process.port());
  ASSERT_TRUE(unread.Send(Get("/large")));
  ASSERT_TRUE(unread.HasInput(kPatience));
  Client slow(process.port());
  ASSERT_TRUE(slow.Send(Get("/slow")));
  std::this_thread::sleep_for(milliseconds(100));
  const auto before = Clock::now();
  process.SendTerminate();
  EXPECT_EQ(slow.ReadAnswer().value_or(Received{}).body, "slow");
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_LT(Clock::now() - before, milliseconds(3000));
  EXPECT_TRUE(idle.IsClosedByServer());
}

TEST(ServerProcessTest, WithSixtyFourDescriptorsEightyClientsAreRefusedOrServedAndItRecovers) {
  Limits limits;
  limits.descriptors_reserved = 24;
  ServerProcess process(limits, 64);
  int served = 0;
  {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 80; ++i) clients.push_back(std::make_unique<Client>(process.port()));
    for (const auto& client : clients) {
      if (client->Ask(Get("/hello")).status == 200) ++served;
    }
    std::this_thread::sleep_for(milliseconds(500));
  }
  EXPECT_GE(served, 10);
  EXPECT_LT(served, 80);
  EXPECT_TRUE(Eventually([&] { return Client(process.port()).Ask(Get("/hello")).status == 200; }));
  rusage usage{};
  EXPECT_EQ(process.Terminate(&usage), 0);
  EXPECT_LT(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec, 1 * kSlower) << "somebody spins";
}

}  // namespace
}  // namespace ankisync::http::testing
