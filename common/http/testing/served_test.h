// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/core/worker_pool.h"
#include "common/http/server.h"
#include "common/http/testing/client.h"

namespace ankisync::http::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlower = 10;  // what a sanitizer does to a loop …
inline constexpr int kPauses = 4;   // … to the longest time that a thread stands still …
inline constexpr std::uint64_t kConstantMemory = 80ULL << 20;  // … and to memory
#else
inline constexpr int kSlower = 1;
inline constexpr int kPauses = 1;
inline constexpr std::uint64_t kConstantMemory = 16ULL << 20;
#endif

// Does what a test says for each path. Everything is answered on the pool unless said otherwise.
class TestApplication final : public Application {
 public:
  using Work = std::function<void(std::unique_ptr<Exchange>)>;
  enum class On { kPool, kIoThread };

  explicit TestApplication(WorkerPool& pool) : pool_(pool) {}

  // Before the server starts.
  void Serve(const std::string& path, Work work, On where = On::kPool,
             std::uint64_t body_bytes_max = 1 << 20);
  void Refuse(const std::string& path, std::function<Answer()> answer);

  std::variant<Answer, Accepted> Admit(const RequestHead& head) override;

  int receivers() const { return receivers_; }
  int admitted() const { return admitted_; }

 private:
  class TestReceiver;
  struct Route {
    Work work;
    On where;
    std::uint64_t body_bytes_max;
  };

  WorkerPool& pool_;
  std::map<std::string, Route> routes_;
  std::map<std::string, std::function<Answer()>> refusals_;
  std::atomic<int> receivers_{0};
  std::atomic<int> admitted_{0};
};

// A server on a free port, with limits that a test sets before Start().
//
//   /echo       answers with the body and the path it was sent to ("Path" field)
//   /hello      "hello", from the I/O thread
class ServedTest : public ::testing::Test {
 protected:
  ServedTest();
  ~ServedTest() override;

  void Start();
  Server& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  std::uint64_t Rejected(Rejection reason) const {
    return server_->statistics().rejections[static_cast<std::size_t>(reason)];
  }

  Limits limits_;
  std::filesystem::path spool_;
  TestApplication application_{pool_};
  WorkerPool pool_{2};  // after the application: what it still runs at the end is that one's

 private:
  std::unique_ptr<Server> server_;
};

// Looks again and again, until `holds` or the patience ends.
bool Eventually(const std::function<bool()>& holds, std::chrono::milliseconds patience = kPatience);

std::size_t OpenDescriptors();
std::chrono::microseconds CpuTime();

// The process's peak of resident memory since the last reset, in bytes.
void ResetPeakMemory();
std::uint64_t PeakMemory();

}  // namespace ankisync::http::testing
