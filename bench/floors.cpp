// SPDX-License-Identifier: AGPL-3.0-or-later
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "common/core/unique_fd.h"
#include "common/sqlite/connection.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/new_collection.h"

// ./dev bench micro --benchmark_filter=Floor: what the kernel and SQLite take for the least that
// could be done. Below these no server of this kind can be.
namespace ankisync {
namespace {

constexpr std::size_t kRequestBytes = 315;  // of `meta`, as a client sends it
constexpr std::size_t kAnswerBytes = 290;

void Require(bool holds) {
  if (!holds) std::abort();
}

// A loop of epoll_wait, recv and send, which parses nothing and answers the same each time.
class BareServer {
 public:
  BareServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)), poll_(::epoll_create1(0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    Require(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0 &&
            ::listen(listener_.get(), 256) == 0 &&
            ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address_), &size) == 0);
  }

  // Both ends of one more connection; the caller's is the one given.
  UniqueFd Connect() {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
    Require(::connect(client.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_) == 0);
    connections_.emplace_back(::accept(listener_.get(), nullptr, nullptr));
    const int one = 1;
    for (const int fd : {client.get(), connections_.back().get()})
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = connections_.back().get();
    Require(::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, event.data.fd, &event) == 0);
    return client;
  }

  // Until a client hangs up.
  void Serve() {
    std::array<epoll_event, 256> events;
    std::array<char, 4096> request;
    const std::array<char, kAnswerBytes> answer{};
    for (;;) {
      const int count = ::epoll_wait(poll_.get(), events.data(), events.size(), -1);
      for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
        if (::recv(event.data.fd, request.data(), request.size(), 0) <= 0) return;
        Require(::send(event.data.fd, answer.data(), answer.size(), 0) == kAnswerBytes);
      }
    }
  }

 private:
  UniqueFd listener_;
  UniqueFd poll_;
  sockaddr_in address_{};
  std::vector<UniqueFd> connections_;
};

double Seconds(clockid_t clock) {
  timespec now;
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// So many connections, each of which has its request answered in each round.
void FloorOfARequest(benchmark::State& state) {
  BareServer server;
  std::vector<UniqueFd> clients;
  for (int i = 0; i < state.range(0); ++i) clients.push_back(server.Connect());
  std::thread thread([&server] { server.Serve(); });
  clockid_t clock;
  ::pthread_getcpuclockid(thread.native_handle(), &clock);
  const double before = Seconds(clock);
  const std::array<char, kRequestBytes> request{};
  std::array<char, kAnswerBytes> answer;
  for (auto _ : state) {
    for (const UniqueFd& client : clients)
      Require(::send(client.get(), request.data(), request.size(), 0) == kRequestBytes);
    for (const UniqueFd& client : clients)
      Require(::recv(client.get(), answer.data(), answer.size(), MSG_WAITALL) == kAnswerBytes);
  }
  const auto requests = static_cast<double>(state.iterations() * state.range(0));
  state.counters["server_us"] = (Seconds(clock) - before) / requests * 1e6;
  clients.clear();
  thread.join();
}
BENCHMARK(FloorOfARequest)->Arg(1)->Arg(256);

// Cards with a note and ten reviews each.
void Fill(sqlite::Connection& db, std::int64_t cards) {
  sqlite::Transaction transaction(db);
  for (std::int64_t i = 1; i <= cards; ++i) {
    db.Execute("insert into notes values (?1,?1,1000,1,1,'','front'||?1||x'1f'||'back','',0,0,'')",
               i);
    db.Execute("insert into cards values (?1,?1,1,0,1,1,2,2,5,3,2500,1,0,0,0,0,0,'{}')", i);
    for (std::int64_t n = 0; n < 10; ++n)
      db.Execute("insert into revlog values (?1,?2,1,3,1,1,2500,5000,1)", n * cards + i, i);
  }
  transaction.Commit();
}

// What a small sync writes (10 reviews, 10 cards, 2 notes, a configuration value), in one
// transaction that is on the disk when it ends, with every statement prepared and no byte parsed.
void FloorOfASmallSync(benchmark::State& state) {
  const std::filesystem::path folder = "build/bench/floor";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  CreateCollection(folder / "collection.anki2", UnixMillis{1});
  Collection collection(folder / "collection.anki2");
  sqlite::Connection& db = collection.db;
  const std::int64_t cards = state.range(0);
  Fill(db, cards);
  std::int64_t sync = 0;
  for (auto _ : state) {
    ++sync;
    sqlite::Transaction transaction(db);
    for (std::int64_t i = 0; i < 10; ++i) {
      const std::int64_t id = 1 + (sync * 31 + i) % cards;
      db.Execute("update cards set mod = ?2, usn = ?3, due = ?3 where id = ?1", id, sync + 9, sync);
      db.Execute("insert into revlog values (?1,?2,?3,3,1,1,2500,4000,1)",
                 1'000'000'000 + sync * 100 + i, id, sync);
    }
    for (std::int64_t i = 0; i < 2; ++i)
      db.Execute(
          "update notes set mod = ?2, usn = ?3, flds = 'front'||?2||x'1f'||'back' where id = ?1",
          1 + (sync * 17 + i) % cards, sync + 9, sync);
    db.Execute("update config set usn = ?1, mtime_secs = ?1 where key = 'schedVer'", sync);
    db.Execute("update col set usn = ?1, mod = ?1", sync);
    transaction.Commit();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(FloorOfASmallSync)->Arg(20'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ankisync
