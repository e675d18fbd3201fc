// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/testing/served_test.h"

#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <thread>

#include "common/core/random_token.h"

namespace ankisync::http::testing {
namespace {

std::string TextOf(const Body& body) {
  const auto source = body.Open();
  std::string text;
  char bytes[4096];
  while (const std::size_t count = source->Read(bytes)) text.append(bytes, count);
  return text;
}

}  // namespace

class TestApplication::TestReceiver final : public Receiver {
 public:
  TestReceiver(TestApplication& application, const Route& route)
      : application_(application), route_(route) {
    ++application_.receivers_;
  }
  ~TestReceiver() override {
    --application_.receivers_;
    std::this_thread::yield();  // the end of a request is a good moment for others to get in
                                // between
  }

  Answer OverBound() override { return {413, {}, "over the bound"}; }

  void Complete(std::unique_ptr<Exchange> exchange) override {
    if (route_.where == On::kIoThread) return route_.work(std::move(exchange));
    auto shared = std::make_shared<std::unique_ptr<Exchange>>(std::move(exchange));
    application_.pool_.Post([&work = route_.work, shared] { work(std::move(*shared)); });
  }

 private:
  TestApplication& application_;
  const Route& route_;
};

void TestApplication::Serve(const std::string& path, Work work, On where,
                            std::uint64_t body_bytes_max) {
  routes_[path] = {std::move(work), where, body_bytes_max};
}

void TestApplication::Refuse(const std::string& path, std::function<Answer()> answer) {
  refusals_[path] = std::move(answer);
}

std::variant<Answer, Accepted> TestApplication::Admit(const RequestHead& head) {
  ++admitted_;
  if (const auto found = refusals_.find(head.path); found != refusals_.end()) {
    return found->second();
  }
  const auto found = routes_.find(head.path);
  if (found == routes_.end()) return Answer{404, {}, "nothing here"};
  return Accepted{found->second.body_bytes_max,
                  std::make_unique<TestReceiver>(*this, found->second)};
}

ServedTest::ServedTest() : spool_(::testing::TempDir() + "spool-" + RandomToken()) {
  std::filesystem::create_directory(spool_);
  limits_.sweep_interval = Limits::Millis(20);
  application_.Serve("/echo", [](std::unique_ptr<Exchange> exchange) {
    exchange->Respond({200, {{"Path", exchange->head().path}}, TextOf(exchange->body())});
  });
  application_.Serve(
      "/hello",
      [](std::unique_ptr<Exchange> exchange) {
        exchange->Respond({200, {}, "hello"});
      },
      TestApplication::On::kIoThread);
}

ServedTest::~ServedTest() {
  server_.reset();
  std::filesystem::remove_all(spool_);
}

void ServedTest::Start() {
  server_ = std::make_unique<Server>(
      ServerOptions{.host = "127.0.0.1",
                    .spool_folder = spool_,
                    .limits = limits_,
                    .log = [](std::string_view line) { std::cerr << line << '\n'; }},
      application_, pool_);
  server_->Start();
}

bool Eventually(const std::function<bool()>& holds, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::size_t OpenDescriptors() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

std::chrono::microseconds CpuTime() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void ResetPeakMemory() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::uint64_t PeakMemory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "VmHWM:") continue;
    std::uint64_t kilobytes = 0;
    status >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

}  // namespace ankisync::http::testing
