// SPDX-License-Identifier: AGPL-3.0-or-later
// Requests and answers on well-behaved and odd connections.
#include <future>
#include <random>
#include <thread>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/http/testing/served_test.h"

namespace ankisync::http::testing {
namespace {

using Requests = ServedTest;

TEST_F(Requests, AKeptConnectionAnswersOneAfterTheOther) {
  Start();
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Ask(Post("/echo", "body " + std::to_string(i)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "body " + std::to_string(i));
    EXPECT_EQ(answer.Header("connection"), "keep-alive");
  }
  EXPECT_EQ(server().statistics().requests, 3U);
  EXPECT_EQ(server().statistics().connections_accepted, 1U);
}

TEST_F(Requests, AClientThatAsksToCloseIsClosed) {
  Start();
  Client client(port());
  const auto answer = client.Ask(Get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_FALSE(client.ended_by_reset());
}

TEST_F(Requests, ThePathIsDecodedAndTheQueryLeftOut) {
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Post("http://example.org/%65cho?key=value", "")).Header("path"), "/echo");
  EXPECT_EQ(client.Ask(Get("/%00")).status, 400);
}

TEST_F(Requests, ARefusalByTheApplicationKeepsTheConnectionWhereThereIsNoBody) {
  Start();
  Client client(port());
  const auto answer = client.Ask(Get("/unknown") + Get("/hello"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "nothing here");
  EXPECT_EQ(client.ReadAnswer()->body, "hello");
}

TEST_F(Requests, HeadGetsTheHeadOnly) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send("HEAD /hello HTTP/1.1\r\n\r\n" + Get("/hello")));
  EXPECT_EQ(client.ReadAnswer(Client::Expecting::kHeadOnly)->Header("content-length"), "5");
  EXPECT_EQ(client.ReadAnswer()->body, "hello");
}

TEST_F(Requests, ThePeersAddressAndAnIdOfItsOwnComeWithEachHead) {
  std::vector<std::uint64_t> ids;
  application_.Serve(
      "/who",
      [&](std::unique_ptr<Exchange> exchange) {
        ids.push_back(exchange->head().request_id);
        exchange->Respond({200, {}, exchange->head().peer_address});
      },
      TestApplication::On::kIoThread);
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Get("/who")).body, "127.0.0.1");
  client.Ask(Get("/who"));
  EXPECT_NE(ids.at(0), ids.at(1));
}

TEST_F(Requests, ASecondAnswerToOneRequestGoesNowhere) {
  application_.Serve("/twice", [](std::unique_ptr<Exchange> exchange) {
    exchange->Respond({200, {}, "first"});
    exchange->Respond({200, {}, "second"});
  });
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Get("/twice")).body, "first");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
}

TEST_F(Requests, AReceiverIsDestroyedWhenItsRequestIsAnsweredAndNotWithTheNext) {
  Start();
  Client client(port());
  for (int i = 0; i < 1000 / kSlower; ++i) {
    ASSERT_EQ(client.Ask(Get("/echo")).status, 200);
    ASSERT_TRUE(Eventually([&] { return application_.receivers() == 0; })) << i;
  }
}

TEST_F(Requests, AnExchangeDroppedWithoutAnAnswerClosesTheConnection) {
  application_.Serve("/drop", [](std::unique_ptr<Exchange>) {});
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/drop")));
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(Requests, AnExceptionOfTheApplicationIsA500OrWhenItMayPassA503) {
  application_.Refuse("/bug", []() -> Answer { throw std::logic_error("bug"); });
  application_.Refuse("/busy", []() -> Answer { throw SyncError(ErrorKind::kUnavailable, "x"); });
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask(Get("/bug")).status, 500);
  const auto busy = client.Ask(Get("/busy"));
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.Header("retry-after"), "5");
  EXPECT_EQ(Rejected(Rejection::kApplicationFailed), 2U);
}

TEST_F(Requests, AnExceptionWhileHandingOverClosesThatConnectionOnly) {
  application_.Serve(
      "/bug", [](std::unique_ptr<Exchange>) { throw std::runtime_error("bug"); },
      TestApplication::On::kIoThread);
  Start();
  Client other(port());
  EXPECT_EQ(other.Ask(Get("/hello")).status, 200);
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/bug")));
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(other.Ask(Get("/hello")).status, 200);
}

// ------------------------------------------------------------ the order of things

TEST_F(Requests, ThreePipelinedRequestsAreAnsweredInOrder) {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  application_.Serve("/slow", [opened](std::unique_ptr<Exchange> exchange) {
    opened.wait();
    exchange->Respond({200, {}, "slow"});
  });
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/slow") + Post("/echo", "second") + Get("/hello")));
  EXPECT_FALSE(client.HasInput(std::chrono::milliseconds(50)));
  gate.set_value();
  EXPECT_EQ(client.ReadAnswer()->body, "slow");
  EXPECT_EQ(client.ReadAnswer()->body, "second");
  EXPECT_EQ(client.ReadAnswer()->body, "hello");
}

TEST_F(Requests, AThousandPipelinedRequestsAreAnswered) {
  Start();
  Client client(port());
  std::string all;
  for (int i = 0; i < 1000; ++i) all += Get("/hello");
  ASSERT_TRUE(client.Send(all));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.ReadAnswer()->body, "hello") << i;
}

TEST_F(Requests, PipelinedRequestsAreAnsweredInOrderHoweverTheirBytesCome) {
  Start();
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    Client client(port());
    std::thread sender([&] {
      std::string all;
      for (int i = 0; i < 500; ++i) all += Post("/echo", "body " + std::to_string(i));
      for (std::size_t at = 0; at < all.size();) {
        const std::size_t piece = random() % 400 + 1;
        EXPECT_TRUE(client.Send(std::string_view(all).substr(at, piece)));
        at += piece;
      }
    });
    for (int i = 0; i < 500; ++i) {
      EXPECT_EQ(client.ReadAnswer().value_or(Received{}).body, "body " + std::to_string(i));
      if (HasFailure()) break;
    }
    sender.join();
    if (HasFailure()) break;
  }
}

TEST_F(Requests, MoreThanTheStashHoldsClosesTheConnection) {
  limits_.pipelined_bytes_max = 1000;
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  application_.Serve("/slow", [opened](std::unique_ptr<Exchange> exchange) {
    opened.wait();
    exchange->Respond({200, {}, "slow"});
  });
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/slow")));
  ASSERT_TRUE(Eventually([&] { return application_.receivers() == 1; }));
  client.Send(std::string(2000, 'x'));
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(Rejected(Rejection::kTooMuchPipelined), 1U);
  gate.set_value();
}

TEST_F(Requests, AHalfCloseAfterTheRequestIsAnswered) {
  Start();
  for (int i = 0; i < 100 / kSlower; ++i) {
    Client client(port());
    ASSERT_TRUE(client.Send(Post("/echo", "body")));
    client.HalfClose();
    ASSERT_EQ(client.ReadAnswer().value_or(Received{}).body, "body") << i;
    ASSERT_TRUE(client.IsClosedByServer());
  }
  EXPECT_TRUE(Eventually([&] { return server().statistics().connections == 0; }));
}

TEST_F(Requests, AHalfCloseAfterThreeRequestsIsAnsweredThreeTimes) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Post("/echo", "1") + Post("/echo", "2") + Post("/echo", "3")));
  client.HalfClose();
  for (const char* body : {"1", "2", "3"}) {
    EXPECT_EQ(client.ReadAnswer().value_or(Received{}).body, body);
  }
  EXPECT_TRUE(client.IsClosedByServer());
}

// ------------------------------------------------------------ chunks

TEST_F(Requests, AChunkWhoseCrAndLfComeApartIsOneChunk) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r"));
  EXPECT_FALSE(client.HasInput(std::chrono::milliseconds(20)));
  ASSERT_TRUE(client.Send("\n0\r\n"));
  EXPECT_FALSE(client.HasInput(std::chrono::milliseconds(20)));
  EXPECT_EQ(client.Ask("\r\n").body, "hello");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello") << "a second request on that connection";
}

TEST_F(Requests, Http10IsAnsweredAndClosed) {
  application_.Serve("/stream", [](std::unique_ptr<Exchange> exchange) {
    class Unsized final : public ByteSource {
     public:
      std::size_t Read(std::span<char> into) override { return inner_.Read(into); }

     private:
      StringSource inner_{"streamed"};
    };
    exchange->Respond({200, {}, std::make_unique<Unsized>()});
  });
  Start();
  Client old(port());
  const auto answer = old.Ask("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.body, "streamed");
  EXPECT_EQ(answer.Header("transfer-encoding"), "");
  Client young(port());
  EXPECT_EQ(young.Ask(Get("/stream")).Header("transfer-encoding"), "chunked");
}

// ------------------------------------------------------------ what is malformed

TEST_F(Requests, AMalformedHeadIsAnsweredOnceAndTheConnectionCloses) {
  Start();
  for (const std::string length : {"-1", "+5", "5abc", "5, 5", "18446744073709551616"}) {
    Client client(port());
    const auto answer = client.Ask("POST /echo HTTP/1.1\r\nContent-Length: " + length +
                                   "\r\n\r\nhello" + Get("/hello"));
    EXPECT_EQ(answer.status, 400) << length;
    EXPECT_EQ(answer.Header("connection"), "close");
    EXPECT_EQ(client.ReadToEnd(), "") << length;
  }
  EXPECT_EQ(application_.admitted(), 0);
  EXPECT_EQ(Rejected(Rejection::kMalformed), 5U);
}

TEST_F(Requests, ATransferEncodingOtherThanChunkedIs501) {
  Start();
  Client client(port());
  EXPECT_EQ(client.Ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n").status, 501);
  EXPECT_TRUE(client.IsClosedByServer());
}

TEST_F(Requests, AHeadWithoutEndIsRefusedInMilliseconds) {
  Start();
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "A: b\r\n";
  const std::string heads[] = {std::string(1 << 20, 'A'),
                               Get("/", "A: " + std::string(1 << 20, 'x') + "\r\n"), Get("/", many),
                               Get(std::string(16'384, '/'))};
  for (const std::string& head : heads) {
    const auto before = std::chrono::steady_clock::now();
    Client client(port());
    EXPECT_EQ(client.Ask(head).status, 431);
    EXPECT_EQ(client.ReadToEnd(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
  }
  EXPECT_EQ(application_.admitted(), 0);
}

TEST_F(Requests, AHeadThatDribblesIsCutAndAnIdleConnectionIsNot) {
  limits_.head_time_max = Limits::Millis(100);
  Start();
  Client idle(port());
  Client slow(port());
  const auto before = std::chrono::steady_clock::now();
  bool open = true;
  while (open && std::chrono::steady_clock::now() - before < kPatience) {
    open = slow.Send("A") && !slow.IsClosedByServer(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(open);
  EXPECT_EQ(Rejected(Rejection::kSlowHead), 1U);
  EXPECT_EQ(idle.Ask(Get("/hello")).status, 200);
}

TEST_F(Requests, ASilentConnectionIsClosedWithoutAWord) {
  limits_.silence_max = Limits::Millis(100);
  Start();
  Client fresh(port());
  Client used(port());
  EXPECT_EQ(used.Ask(Get("/hello")).status, 200);
  EXPECT_EQ(fresh.ReadToEnd(), "");
  EXPECT_EQ(used.ReadToEnd(), "");
  EXPECT_FALSE(used.ended_by_reset());
}

}  // namespace
}  // namespace ankisync::http::testing
