// SPDX-License-Identifier: AGPL-3.0-or-later
// Large answers on their way out.
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "common/core/files.h"
#include "common/http/testing/served_test.h"

namespace ankisync::http::testing {
namespace {

using std::chrono::milliseconds;

// So many bytes, all alike; counts what was pulled and how many of its kind live.
class Produced final : public ByteSource {
 public:
  struct Watch {
    std::atomic<std::uint64_t> pulled{0};
    std::atomic<int> living{0};
    std::atomic<std::uint64_t> fails_after{~0ULL};
  };

  Produced(std::uint64_t bytes, bool tells_size, Watch& watch)
      : bytes_(bytes), left_(bytes), tells_size_(tells_size), watch_(watch) {
    ++watch_.living;
  }
  ~Produced() override { --watch_.living; }

  std::size_t Read(std::span<char> into) override {
    if (bytes_ - left_ >= watch_.fails_after) throw std::runtime_error("the disk broke");
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, into.size()));
    std::fill_n(into.begin(), count, 'p');
    left_ -= count;
    watch_.pulled += count;
    return count;
  }
  std::optional<std::uint64_t> size() const override {
    return tells_size_ ? std::optional(bytes_) : std::nullopt;
  }

 private:
  const std::uint64_t bytes_;
  std::uint64_t left_;
  const bool tells_size_;
  Watch& watch_;
};

constexpr std::uint64_t kLarge = 300ULL << 20;

class Downloads : public ServedTest {
 protected:
  Downloads() {
    const auto file = std::make_shared<UniqueFd>(OpenUnnamedFile(::testing::TempDir()));
    EXPECT_EQ(::ftruncate(file->get(), static_cast<off_t>(kLarge)), 0);
    application_.Serve("/file", [file](std::unique_ptr<Exchange> exchange) {
      exchange->Respond({200, {}, FileRange{file, 0, kLarge}});
    });
    application_.Serve("/text", [](std::unique_ptr<Exchange> exchange) {
      exchange->Respond({200, {}, std::string(20 << 20, 't')});
    });
    Serve("/sized", kLarge, true);
    Serve("/chunked", kLarge, false);
    Serve("/megabyte", 1'000'000, false);
  }

  void Serve(const std::string& path, std::uint64_t bytes, bool tells_size) {
    application_.Serve(path, [this, bytes, tells_size](std::unique_ptr<Exchange> exchange) {
      exchange->Respond({200, {}, std::make_unique<Produced>(bytes, tells_size, watch_)});
    });
  }

  Produced::Watch watch_;
};

TEST_F(Downloads, AProducedAnswerArrivesWholeAndTheConnectionIsKept) {
  Start();
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.Ask(Get("/megabyte")).body == std::string(1'000'000, 'p'));
  }
  EXPECT_EQ(watch_.living, 0);
}

TEST_F(Downloads, AFileRangeArrivesAsThatRange) {
  const auto file = std::make_shared<UniqueFd>(OpenUnnamedFile(::testing::TempDir()));
  std::string text;
  for (int i = 0; i < 500'000; ++i) text += std::to_string(i);
  WriteAll(file->get(), text);
  application_.Serve("/range", [&](std::unique_ptr<Exchange> exchange) {
    exchange->Respond({206, {}, FileRange{file, 1234, 2'000'000}});
  });
  Start();
  Client client(port());
  EXPECT_TRUE(client.Ask(Get("/range")).body == text.substr(1234, 2'000'000));
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
}

TEST_F(Downloads, ThreeHundredMegabytesTakeNoMemory) {
  Start();
  const std::vector<std::string> paths = {"/file", "/sized", "/chunked"};
  std::vector<std::thread> clients;
  ResetPeakMemory();
  const std::uint64_t before = PeakMemory();
  for (const std::string& path : paths) {
    clients.emplace_back([&] {
      Client client(port());
      EXPECT_TRUE(client.Send(Get(path)));
      EXPECT_TRUE(client.Skip(kLarge)) << path;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_LT(PeakMemory() - before, kConstantMemory);
}

TEST_F(Downloads, AClientThatNeverReadsHarmsNobodyAndIsCut) {
  limits_.answer_stall_max = milliseconds(700 * kPauses);
  Start();
  const std::size_t descriptors = OpenDescriptors();
  {
    std::vector<std::unique_ptr<Client>> stalled;
    for (const std::string path : {"/file", "/text", "/sized", "/chunked"}) {
      stalled.push_back(std::make_unique<Client>(port()));
      ASSERT_TRUE(stalled.back()->Send(Get(path)));
    }
    Client other(port());
    std::uint64_t pulled = 0;
    ASSERT_TRUE(Eventually([&] {
      EXPECT_EQ(other.Ask(Get("/hello")).body, "hello");
      std::this_thread::sleep_for(milliseconds(20));
      return watch_.living == 2 && pulled == std::exchange(pulled, watch_.pulled);
    }));
    const auto cpu_before = CpuTime();
    std::this_thread::sleep_for(milliseconds(200 * kPauses));
    EXPECT_LT(CpuTime() - cpu_before, milliseconds(100 * kPauses)) << "somebody spins";
    EXPECT_LT(watch_.pulled, 64ULL << 20) << "more was produced than the client takes";
    EXPECT_TRUE(Eventually([&] { return Rejected(Rejection::kUnreadAnswer) == 4; }));
    EXPECT_EQ(other.Ask(Get("/hello")).body, "hello");
  }
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() == descriptors; }));
  EXPECT_EQ(watch_.living, 0);
  EXPECT_EQ(server().statistics().requests_in_flight, 0U);
}

TEST_F(Downloads, ASlowReaderWhoReadsIsNotCut) {
  limits_.answer_stall_max = milliseconds(300 * kPauses);
  Serve("/some", 6'000'000, true);
  Start();
  Client client(port(), 64 * 1024);
  ASSERT_TRUE(client.Send(Get("/some")));
  for (int i = 0; i < 12; ++i) {
    std::this_thread::sleep_for(milliseconds(60));
    ASSERT_TRUE(client.Skip(500'000)) << i;
  }
  EXPECT_EQ(Rejected(Rejection::kUnreadAnswer), 0U);
}

TEST_F(Downloads, ASourceThatBreaksEndsTheConnectionWithAReset) {
  watch_.fails_after = 500'000;
  Start();
  for (const char* version : {"HTTP/1.1", "HTTP/1.0"}) {  // the latter has no other sign of the end
    Client client(port());
    ASSERT_TRUE(client.Send("GET /megabyte " + std::string(version) + "\r\n\r\n"));
    ASSERT_TRUE(client.ReadToEnd().has_value());
    EXPECT_TRUE(client.ended_by_reset()) << version;
  }
  EXPECT_TRUE(Eventually([&] { return server().statistics().connections == 0; }));
  EXPECT_EQ(watch_.living, 0);
}

TEST_F(Downloads, ClientsThatLeaveInTheMiddleLeaveNothingBehind) {
  Start();
  const std::size_t descriptors = OpenDescriptors();
  for (int i = 0; i < 20; ++i) {
    for (const std::string path : {"/file", "/text", "/sized", "/chunked"}) {
      Client client(port());
      ASSERT_TRUE(client.Send(Get(path)));
      ASSERT_TRUE(client.Skip(1000));
      if (i % 2 == 0) client.Reset();
    }
    Client uploader(port());
    ASSERT_TRUE(uploader.Send("POST /echo HTTP/1.1\r\nContent-Length: 500000\r\n\r\nsome"));
    if (i % 2 == 0) uploader.Reset();
  }
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() == descriptors; }));
  EXPECT_EQ(watch_.living, 0);
  EXPECT_EQ(application_.receivers(), 0);
  EXPECT_EQ(server().statistics().requests_in_flight, 0U);
}

TEST_F(Downloads, AHundredSlowReadersLeaveTheOthersTheirTurn) {
  Start();
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Client>(port(), 4096));
    ASSERT_TRUE(slow.back()->Send(Get(i % 2 == 0 ? "/file" : "/chunked")));
  }
  Client other(port());
  for (int i = 0; i < 50; ++i) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(other.Ask(Get("/hello")).body, "hello");
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(500 * kSlower));
  }
}

}  // namespace
}  // namespace ankisync::http::testing
