// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/mirror.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/codec/json_value.h"
#include "common/codec/zstd_stream.h"
#include "common/service/test_exchange.h"

namespace ankisync::service {
namespace {

constexpr std::uint64_t kBodyBytesMax = 1000;
const std::string kHeader = R"({"v":11,"k":"","c":"doctor","s":""})";

class MirrorApplication final : public http::Application {
 public:
  std::variant<http::Answer, http::Accepted> Admit(const http::RequestHead& head) override {
    return mirror_.Admit(head, protocol::Area::kMedia, addresses_);
  }

 private:
  const std::vector<std::string> trusted_{"192.0.2.1"};
  const ClientAddresses addresses_{trusted_, "x-forwarded-for"};
  Mirror mirror_{kBodyBytesMax};
};

http::RequestHead HeadFrom(const std::string& peer) {
  http::RequestHead head;
  head.method = "POST";
  head.peer_address = peer;
  return head;
}

TEST(MirrorTest, SaysHowARequestArrivedInTheFramingOfAMethod) {
  MirrorApplication server;
  http::RequestHead head = HeadFrom("192.0.2.1");
  head.headers.Add("anki-sync", kHeader);
  head.headers.Add("x-forwarded-for", "198.51.100.7");
  const http::Answer answer = Ask(server, std::move(head), "12345");
  ASSERT_EQ(answer.status, 200);
  ZstdDecompressor plain(std::make_unique<StringSource>(std::get<std::string>(answer.body)), 1000);
  EXPECT_EQ(ReadAll(plain, 1000),
            R"({"area":"msync","address":"198.51.100.7","shared":false,"told":true,"trusted":true,)"
            R"("chunked":false,"header_bytes":)" +
                std::to_string(kHeader.size()) + R"(,"bytes":5})");
  EXPECT_EQ(answer.headers.back().first, "anki-original-size");
}

TEST(MirrorTest, ARequestThatLostItsHeaderIsAnsweredPlain) {
  MirrorApplication server;
  http::RequestHead head = HeadFrom("192.0.2.9");
  head.headers.Add("x-forwarded-for", "198.51.100.7");
  const http::Answer answer = Ask(server, std::move(head), "");
  EXPECT_EQ(std::get<std::string>(answer.body),
            R"({"area":"msync","address":"192.0.2.9","shared":false,"told":true,"trusted":false,)"
            R"("chunked":false,"header_bytes":0,"bytes":0})");
}

TEST(MirrorTest, SendsABodyBackToWhoeverWantsToSeeALongAnswer) {
  MirrorApplication server;
  http::RequestHead head = HeadFrom("192.0.2.9");
  head.query = "echo";
  http::Answer answer = Ask(server, std::move(head), "as it came");
  EXPECT_EQ(ReadAll(*std::get<std::unique_ptr<ByteSource>>(answer.body), 1000), "as it came");
}

TEST(MirrorTest, StrangersFillNoSpoolWithIt) {
  MirrorApplication server;
  EXPECT_EQ(Ask(server, HeadFrom("192.0.2.9"), std::string(kBodyBytesMax + 1, 'x')).status, 400);
  std::vector<http::Accepted> begun;
  for (;;) {
    auto admitted = server.Admit(HeadFrom("192.0.2.9"));
    if (const auto* refused = std::get_if<http::Answer>(&admitted)) {
      EXPECT_EQ(refused->status, 503);
      break;
    }
    begun.push_back(std::move(std::get<http::Accepted>(admitted)));
  }
  EXPECT_EQ(begun.size(), Mirror::kAtOnceMax);
  begun.clear();
  EXPECT_EQ(Ask(server, HeadFrom("192.0.2.9"), "").status, 200);
}

}  // namespace
}  // namespace ankisync::service
