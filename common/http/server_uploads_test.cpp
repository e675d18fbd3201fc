// SPDX-License-Identifier: AGPL-3.0-or-later
// Bodies on their way in.
#include <sys/resource.h>

#include <csignal>
#include <future>
#include <thread>

#include "common/http/testing/served_test.h"

namespace ankisync::http::testing {
namespace {

using std::chrono::milliseconds;

class Uploads : public ServedTest {
 protected:
  Uploads() {
    application_.Serve(
        "/size",
        [this](std::unique_ptr<Exchange> exchange) {
          spooled_ = exchange->body().in_memory() == nullptr;
          exchange->Respond({200, {}, std::to_string(exchange->body().size())});
        },
        TestApplication::On::kIoThread, 1ULL << 30);
    application_.Serve(
        "/little",
        [](std::unique_ptr<Exchange> exchange) {
          exchange->Respond({200, {}, ""});
        },
        TestApplication::On::kIoThread, 1000);
  }

  std::string PostHead(const std::string& path, std::uint64_t length,
                       const std::string& more = "") {
    return "POST " + path + " HTTP/1.1\r\n" + more + "Content-Length: " + std::to_string(length) +
           "\r\n\r\n";
  }

  std::atomic<bool> spooled_{false};
};

const std::string kChunkedHead = "POST /little HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(Uploads, ASmallBodyIsInMemoryAndALargeOneInAFile) {
  limits_.body_memory_bytes_max = 100;
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Post("/size", std::string(100, 'x'))).body, "100");
  EXPECT_FALSE(spooled_);
  EXPECT_EQ(client.Ask(Post("/size", std::string(101, 'x'))).body, "101");
  EXPECT_TRUE(spooled_);
  const std::string text = std::string(50'000, 'a') + std::string(50'000, 'b');
  EXPECT_EQ(client.Ask(Post("/echo", text)).body, text);
  EXPECT_EQ(client
                .Ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" +
                     Chunk("a" + text) + Chunk("b" + text) + Chunk(""))
                .body,
            "a" + text + "b" + text);
  EXPECT_TRUE(std::filesystem::is_empty(spool_));
  EXPECT_TRUE(Eventually([&] { return server().statistics().body_spool_bytes == 0; }));
}

TEST_F(Uploads, ABodyOneByteOverTheBoundIsRefusedOnceAndNothingAfterItIsExecuted) {
  Start();
  const std::string hidden = Get("/hello");
  for (const std::string& request :
       {PostHead("/little", 1001) + std::string(1001, 'x') + hidden,
        kChunkedHead + Chunk(std::string(500, 'x')) + Chunk(std::string(501, 'x')) + hidden}) {
    Client client(port());
    ASSERT_TRUE(client.Send(request));
    const auto answer = client.ReadAnswer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 413);
    EXPECT_EQ(answer->body, "over the bound");
    EXPECT_EQ(answer->Header("connection"), "close");
    EXPECT_EQ(client.ReadToEnd(), "");
  }
  Client within(port());
  EXPECT_EQ(within.Ask(PostHead("/little", 1000) + std::string(1000, 'x')).status, 200);
  EXPECT_EQ(application_.admitted(), 3);
  EXPECT_EQ(Rejected(Rejection::kBodyTooLarge), 2U);
}

TEST_F(Uploads, ARefusalIsSeenByAClientThatSendsItsWholeBodyFirst) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(PostHead("/little", 30'000'000)));
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.Send(piece)) << i;
  EXPECT_EQ(client.ReadAnswer().value_or(Received{}).status, 413);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(Uploads, AfterARefusalSoManyBytesAreReadAndNoMore) {
  limits_.drain_bytes_max = 1'000'000;
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(PostHead("/little", 1'000'000'000)));
  const std::string piece(100'000, 'x');
  int sent = 0;
  while (sent < 1000 && client.Send(piece)) ++sent;
  EXPECT_LT(sent, 1000);
}

TEST_F(Uploads, AfterARefusalItIsReadForSoLongAndNoLonger) {
  limits_.drain_time_max = milliseconds(50);
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(PostHead("/little", 2000)).status, 413);
  EXPECT_TRUE(Eventually([&] { return server().statistics().connections == 0; }));
}

TEST_F(Uploads, AnExpectationIsMetAtOnce) {
  Start();
  Client client(port());
  const std::string body(10'000'000, 'x');
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(client.Ask(PostHead("/size", body.size(), "Expect: 100-continue\r\n")).status, 100);
  EXPECT_EQ(client.Ask(body).body, "10000000");
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(900 * kSlower));
}

TEST_F(Uploads, AnExpectationThatIsRefusedSeesTheRefusalInstead) {
  Start();
  for (const std::string path : {"/little", "/unknown"}) {
    Client client(port());
    const auto answer = client.Ask(PostHead(path, 2000, "Expect: 100-continue\r\n"));
    EXPECT_EQ(answer.status, path == "/little" ? 413 : 404);
    EXPECT_EQ(client.ReadToEnd(), "");
  }
}

TEST_F(Uploads, AnExpectationIsNotAnsweredWhenTheBodyIsThereAlready) {
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Post("/size", "body", "Expect: 100-continue\r\n")).status, 200);
}

TEST_F(Uploads, AnUploadThatDribblesLongerThanEveryTimeOutIsFinished) {
  limits_.head_time_max = limits_.silence_max = limits_.answer_stall_max = limits_.drain_time_max =
      milliseconds(150 * kPauses);
  limits_.body_window = milliseconds(150 * kPauses);
  limits_.body_window_bytes_min = 2;
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(PostHead("/size", 40)));
  for (int i = 0; i < 40; ++i) {
    std::this_thread::sleep_for(milliseconds(10 * kPauses));
    ASSERT_TRUE(client.Send("x"));
  }
  EXPECT_EQ(client.ReadAnswer().value_or(Received{}).body, "40");
}

TEST_F(Uploads, AnUploadBelowTheLeastRateIsCut) {
  limits_.body_window = milliseconds(60);
  limits_.body_window_bytes_min = 1000;
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(PostHead("/size", 40)));
  for (int i = 0; i < 1000 && client.Send("x") && !client.IsClosedByServer(milliseconds(5)); ++i) {
  }
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(Rejected(Rejection::kSlowBody), 1U);
  EXPECT_TRUE(Eventually([&] { return application_.receivers() == 0; }));
}

TEST_F(Uploads, AReceiverIsDestroyedWhenItsClientIsGone) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(PostHead("/size", 1000) + "some"));
  ASSERT_TRUE(Eventually([&] { return application_.receivers() == 1; }));
  EXPECT_EQ(server().statistics().requests_in_flight, 1U);
  client.Reset();
  EXPECT_TRUE(Eventually([&] { return application_.receivers() == 0; }));
  EXPECT_TRUE(Eventually([&] { return server().statistics().requests_in_flight == 0; }));
}

TEST_F(Uploads, AReceiverIsDestroyedWhenItsClientVanishesDuringTheWork) {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  application_.Serve("/long", [opened](std::unique_ptr<Exchange> exchange) {
    opened.wait();
    exchange->Respond({200, {}, "too late"});
  });
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/long")));
  ASSERT_TRUE(Eventually([&] { return application_.receivers() == 1; }));
  client.Reset();
  EXPECT_TRUE(Eventually([&] { return application_.receivers() == 0; }));
  gate.set_value();
  EXPECT_TRUE(Eventually([&] { return server().statistics().connections == 0; }));
}

TEST_F(Uploads, ABodyRightBehindAnAnswerIsNotTakenForAPipelinedOne) {
  limits_.pipelined_bytes_max = 100;
  Start();
  Client client(port());
  const std::string large = Post("/size", std::string(100'000, 'x'));
  for (int i = 0; i < 1000 / kSlower; ++i) {
    ASSERT_EQ(client.Ask(Post("/echo", "x")).body, "x") << i;
    ASSERT_EQ(client.Ask(large).body, "100000") << i;
  }
}

// ------------------------------------------------------------ room

TEST_F(Uploads, WithoutRoomInTheSpoolABodyIsRefusedBeforeItIsSent) {
  limits_.body_memory_bytes_max = 100;
  limits_.bodies_spooled_bytes_max = 10'000;
  Start();
  Client first(port());
  ASSERT_TRUE(first.Send(PostHead("/size", 9'000)));
  ASSERT_TRUE(Eventually([&] { return server().statistics().body_spool_bytes == 9'000; }));
  Client second(port());
  const auto answer = second.Ask(PostHead("/size", 2'000));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Header("retry-after"), "5");
  EXPECT_TRUE(second.IsClosedByServer());
  EXPECT_EQ(Rejected(Rejection::kNoRoomForBody), 1U);
  EXPECT_EQ(first.Ask(std::string(9'000, 'x')).body, "9000");
  ASSERT_TRUE(Eventually([&] { return server().statistics().body_spool_bytes == 0; }));
  EXPECT_EQ(first.Ask(Post("/size", std::string(2'000, 'x'))).body, "2000");
}

TEST_F(Uploads, WithoutRoomInTheSpoolAGrowingBodyIsRefusedInTheMiddle) {
  limits_.body_memory_bytes_max = 100;
  limits_.bodies_spooled_bytes_max = 10'000;
  Start();
  Client client(port());
  const auto answer = client.Ask("POST /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                 Chunk(std::string(6'000, 'x')) + Chunk(std::string(6'000, 'x')));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(Uploads, WithoutRoomInMemoryABodyIsSpooledAndServed) {
  limits_.bodies_memory_bytes_max = 10;
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Post("/echo", "more than ten bytes")).body, "more than ten bytes");
  EXPECT_EQ(client.Ask(Post("/size", "more than ten bytes")).status, 200);
  EXPECT_TRUE(spooled_);
}

TEST_F(Uploads, ASpoolFolderThatIsGoneIs503AndComesBack) {
  limits_.body_memory_bytes_max = 100;
  Start();
  std::filesystem::remove(spool_);
  Client client(port());
  EXPECT_EQ(client.Ask(Post("/size", std::string(200, 'x'))).status, 503);
  EXPECT_EQ(Rejected(Rejection::kSpoolFailed), 1U);
  std::filesystem::create_directory(spool_);
  Client again(port());
  EXPECT_EQ(again.Ask(Post("/size", std::string(200, 'x'))).status, 200);
}

TEST_F(Uploads, ADiskThatFillsUpIs503AndTheRestIsDrained) {
  limits_.body_memory_bytes_max = 100;
  Start();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{200'000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &full);
  Client client(port());
  const auto answer = client.Ask(Post("/size", std::string(5'000'000, 'x')));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Header("retry-after"), "5");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(Rejected(Rejection::kSpoolFailed), 1U);
}

TEST_F(Uploads, ThreeHundredMegabytesTakeNoMemory) {
  Start();
  Client client(port());
  const std::string piece(1 << 20, 'x');
  ResetPeakMemory();
  const std::uint64_t before = PeakMemory();
  ASSERT_TRUE(client.Send(PostHead("/size", 300ULL << 20)));
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.Send(piece)) << i;
  EXPECT_EQ(client.ReadAnswer().value_or(Received{}).body, std::to_string(300 << 20));
  EXPECT_TRUE(spooled_);
  EXPECT_LT(PeakMemory() - before, kConstantMemory);
}

}  // namespace
}  // namespace ankisync::http::testing
