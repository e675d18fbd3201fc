// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "common/codec/test_gzip.h"
#include "common/codec/zstd_stream.h"
#include "common/protocol/test_form.h"
#include "common/service/error_answer.h"
#include "common/service/service.h"
#include "common/service/test_exchange.h"

// Requests of protocol 10. Recorded ones: recorded_requests_test.cpp.
namespace ankisync::service {
namespace {

using protocol::Form;
using protocol::Parts;

constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;

// What a method was given.
struct Seen {
  int version = 0;
  std::string user, client, hkey, skey, payload;
};

class LegacyRequests : public testing::Test, public Observer {
 protected:
  void Started(const protocol::MethodInfo*) override {}
  void Ended(const RequestEvent& event) override { events_.push_back(event); }

  LegacyRequests() {
    for (const protocol::MethodInfo& info : protocol::kMethods) {
      service_.Serve(info.method, [this](protocol::Request& request, const Caller& caller) {
        seen_ = {request.version, caller.user,  request.client,
                 request.hkey,    request.skey, ReadAll(*request.payload, kBytesMax)};
        return protocol::Reply{std::string("done")};
      });
    }
  }

  static http::RequestHead Head(const std::string& path,
                                std::string content_type = "multipart/form-data; boundary=b") {
    http::RequestHead head;
    head.method = "POST";
    head.path = path;
    head.headers.Add("content-type", std::move(content_type));
    return head;
  }

  http::Answer Send(http::RequestHead head, std::string body) {
    return Ask(service_, std::move(head), std::move(body));
  }
  http::Answer Send(const std::string& path, const Parts& parts) {
    return Send(Head(path), Form(parts));
  }
  http::Answer Get(const std::string& path, const std::string& query, std::string method = "GET") {
    http::RequestHead head = Head(path);
    head.method = std::move(method);
    head.query = query;
    return Send(head, "");
  }

  Seen seen_;
  std::vector<RequestEvent> events_;
  WorkerPool work_{2};
  WorkerPool logins_{1};
  Service service_{work_,
                   logins_,
                   [](std::string_view hkey) -> std::optional<Caller> {
                     if (hkey.empty() || hkey == "bad") return std::nullopt;
                     return Caller{AccountId{1}, DeviceId{1}, "ada", "ada", std::nullopt};
                   },
                   Limits{.json = {2 << 20, 100'000},
                          .collection = {3 << 20, 500'000},
                          .form_bytes_max = 1 << 20,
                          .unknown_forms_bytes_max = 3 << 19},
                   "",
                   *this};
};

TEST_F(LegacyRequests, AFormIsServedLikeAnyRequestAndAnsweredPlain) {
  const http::Answer answer =
      Send("/sync/start", {{"data", Gzip("{}")}, {"c", "1"}, {"k", "key"}, {"s", "P.=v*kx:m}"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(std::get<std::string>(answer.body), "done");
  for (const auto& [name, value] : answer.headers) EXPECT_NE(name, "anki-original-size");
  EXPECT_EQ(seen_.version, 10);
  EXPECT_EQ(seen_.user, "ada");
  EXPECT_EQ(seen_.skey, "P.=v*kx:m}");
  EXPECT_EQ(seen_.payload, "{}");
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].user, "ada");
  EXPECT_EQ(events_[0].client, "protocol 10");
}

TEST_F(LegacyRequests, ARefusedFormHasTheStatusThatClientsUnderstand) {
  EXPECT_EQ(Send("/sync/meta", {{"data", "{}"}, {"k", "bad"}}).status, 403);
  EXPECT_EQ(Send("/sync/meta", {{"data", "{}"}}).status, 403);
  EXPECT_EQ(Send("/sync/start", {{"data", "{}"}, {"k", "key"}}).status, 400);
  EXPECT_EQ(Send("/sync/meta", {{"data", "{}"}, {"k", "key"}, {"c", "1"}}).status, 400);
  EXPECT_EQ(Send("/sync/nothing", {{"data", "{}"}, {"k", "key"}}).status, 400);
  EXPECT_EQ(Send(Head("/sync/meta"), "no form").status, 400);
  EXPECT_EQ(Send(Head("/sync/meta", "application/json"), "{}").status, 400);
  EXPECT_EQ(Send("/sync/hostKey", {{"data", "{}"}}).status, 200);
  for (const RequestEvent& event : events_) EXPECT_NE(event.status, 0);
  EXPECT_EQ(events_.size(), 8U);
}

TEST_F(LegacyRequests, AnUploadOverEitherBoundIsToldInWords) {
  const std::string bomb = Gzip(std::string(500'001, 'x'));
  for (const http::Answer& answer :
       {Send("/sync/upload", {{"data", std::string(1 << 20, 'x')}, {"k", "key"}}),
        Send("/sync/upload", {{"data", bomb}, {"c", "1"}, {"k", "key"}}),
        Send("/sync/upload", {{"data", std::string(500'001, 'x')}, {"k", "key"}})}) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(std::get<std::string>(answer.body), kCollectionTooLarge);
  }
  EXPECT_EQ(Send("/sync/meta", {{"data", bomb}, {"c", "1"}, {"k", "key"}}).status, 400);
}

TEST_F(LegacyRequests, StrangersFillNoMoreThanTheirPartOfTheSpool) {
  const auto begin = [this](std::optional<std::uint64_t> content_length) {
    http::RequestHead head = Head("/sync/upload");
    head.content_length = content_length;
    return service_.Admit(head);
  };
  auto first = begin(std::nullopt);  // could become as large as any
  ASSERT_TRUE(std::holds_alternative<http::Accepted>(first));
  auto refused = begin(std::nullopt);
  ASSERT_TRUE(std::holds_alternative<http::Answer>(refused));
  EXPECT_EQ(std::get<http::Answer>(refused).status, 503);
  EXPECT_TRUE(std::holds_alternative<http::Accepted>(begin(300'000)));
  EXPECT_EQ(Send("/sync/meta", {{"data", "{}"}, {"k", "key"}}).status, 200);

  // Whoever turns out to have a key does not count any more.
  std::promise<http::Answer> answered;
  std::get<http::Accepted>(first).receiver->Complete(
      std::make_unique<TestExchange>(http::Body(Form({{"data", "x"}, {"k", "key"}})), answered));
  EXPECT_EQ(answered.get_future().get().status, 200);
  EXPECT_TRUE(std::holds_alternative<http::Accepted>(begin(std::nullopt)));
}

TEST_F(LegacyRequests, MediaBeginIsAlsoAGet) {
  EXPECT_EQ(Get("/msync/begin", "k=key&v=anki%2C2.1.50+x").status, 200);
  EXPECT_EQ(seen_.hkey, "key");
  EXPECT_EQ(seen_.payload, R"({"v":"anki,2.1.50 x"})");
  EXPECT_EQ(seen_.client, "anki,2.1.50 x");
  EXPECT_EQ(Get("/msync/begin", "k=key&v=x", "HEAD").status, 200);
  EXPECT_EQ(Get("/msync/begin", "k=bad&v=x").status, 403);
  EXPECT_EQ(Get("/msync/begin", "k=key").status, 400);
  EXPECT_EQ(Get("/msync/begin", "k=key&v=x", "PUT").status, 405);
  EXPECT_EQ(Get("/msync/mediaSanity", "k=key&v=x").status, 405);
  EXPECT_EQ(Send("/msync/begin", {{"k", "key"}, {"v", "old"}}).status, 200);
  EXPECT_EQ(seen_.payload, R"({"v":"old"})");
}

}  // namespace
}  // namespace ankisync::service
