// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "common/codec/zstd_stream.h"
#include "common/service/error_answer.h"
#include "common/service/test_exchange.h"

namespace ankisync::service {
namespace {

class ServiceTest : public testing::Test, public Observer {
 protected:
  void Started(const protocol::MethodInfo*) override { ++started_; }
  void Ended(const RequestEvent& event) override { events_.push_back(event); }

  ServiceTest() {
    service_.Serve(protocol::Method::kMeta,
                   [this](protocol::Request& request, const Caller& caller) {
                     seen_user_ = caller.user;
                     return protocol::Reply{ReadAll(*request.payload, 1000)};
                   });
    service_.Serve(protocol::Method::kUpload, [](protocol::Request& request, const Caller&) {
      return protocol::Reply{ReadAll(*request.payload, 1'000'000)};
    });
    service_.Serve(protocol::Method::kStart,
                   [](protocol::Request&, const Caller&) -> protocol::Reply {
                     throw SyncError(ErrorKind::kSessionConflict, "another device");
                   });
    service_.Serve(
        protocol::Method::kChunk,
        [this](protocol::Request& request, const Caller&) {
          thread_ = std::this_thread::get_id();
          return protocol::Reply{ReadAll(*request.payload, 1'000'000)};
        },
        [this](const Caller&) { return is_quick_; });
    service_.Serve(protocol::Method::kFinish,
                   [](protocol::Request&, const Caller&) { return protocol::Reply{"1"}; });
    service_.Serve(protocol::Method::kHostKey,
                   [](protocol::Request&, const Caller&) { return protocol::Reply{"{}"}; });
    service_.ServePage("/health", [](const http::RequestHead&) { return http::Answer{}; });
  }

  std::optional<Caller> Find(std::string_view hkey) {
    if (hkey == "held") return Caller{AccountId{2}, DeviceId{2}, "bob", "bob", Hold{"moving"}};
    if (hkey == "moved") {  // after the head was looked at
      Caller caller{AccountId{4}, DeviceId{4}, "dee", "dee", std::nullopt};
      if (asked_for_moved_++ > 0) caller.hold = Hold{.sentence = "moving", .is_move = true};
      return caller;
    }
    if (hkey == "elsewhere") {
      Caller caller{AccountId{5}, {}, "", "", Hold{.sentence = "enter http://b/", .is_move = true}};
      caller.elsewhere = "http://b/";
      return caller;
    }
    if (hkey == "other") return Caller{AccountId{3}, DeviceId{3}, "cy", "cy", std::nullopt};
    if (hkey == "good") return Caller{AccountId{1}, DeviceId{1}, "ada", "ada", std::nullopt};
    return std::nullopt;
  }

  http::Answer Send(const std::string& path, const std::string& header, std::string body,
                    std::string method = "POST") {
    http::RequestHead head;
    head.method = std::move(method);
    head.path = path;
    if (!header.empty()) head.headers.Add("anki-sync", header);
    return Ask(service_, std::move(head), std::move(body));
  }

  // A request whose body does not come.
  std::variant<http::Answer, http::Accepted> Begin(const std::string& path,
                                                   const std::string& header) {
    http::RequestHead head;
    head.method = "POST";
    head.path = path;
    head.headers.Add("anki-sync", header);
    return service_.Admit(head);
  }

  // Begins them until one is refused; how many were taken.
  std::size_t BeginMany(const std::string& path, const std::string& header) {
    std::vector<http::Accepted> begun;
    for (;;) {
      auto admitted = Begin(path, header);
      if (const auto* refused = std::get_if<http::Answer>(&admitted)) {
        EXPECT_EQ(refused->status, 503);
        EXPECT_EQ(Send("/sync/meta", Header("other"), ZstdCompress("{}")).status, 200);
        return begun.size();
      }
      begun.push_back(std::move(std::get<http::Accepted>(admitted)));
    }
  }

  static std::string Header(const std::string& hkey, const std::string& skey = "s") {
    return R"({"v":11,"c":"test","k":")" + hkey + R"(","s":")" + skey + "\"}";
  }
  static std::string Text(const http::Answer& answer) {
    const auto& body = std::get<std::string>(answer.body);
    if (answer.status != 200) return body;
    ZstdDecompressor plain(std::make_unique<StringSource>(body), 1'000'000);
    return ReadAll(plain, 1'000'000);
  }

  std::string seen_user_;
  int asked_for_moved_ = 0;
  std::thread::id thread_;
  bool is_quick_ = true;
  int started_ = 0;
  std::vector<RequestEvent> events_;
  WorkerPool work_{2};
  WorkerPool logins_{1};
  Service service_{work_,
                   logins_,
                   [this](std::string_view hkey) { return Find(hkey); },
                   Limits{.collection = {1000, 100'000}},
                   "/base",
                   *this};
};

TEST_F(ServiceTest, AMethodRunsForTheOwnerOfItsKeyAndIsReportedOnce) {
  const http::Answer answer = Send("/sync/meta", Header("good"), ZstdCompress("{}"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Text(answer), "{}");
  EXPECT_EQ(seen_user_, "ada");
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].user, "ada");
  EXPECT_EQ(events_[0].error, "");
  EXPECT_EQ(started_, 1);
}

TEST_F(ServiceTest, OneThatStopsTakesOnlyWhatCarriesASessionOn) {
  service_.BeginDrain();
  EXPECT_EQ(Send("/sync/meta", Header("good"), ZstdCompress("{}")).status, 503);
  EXPECT_EQ(Send("/sync/finish", Header("good"), ZstdCompress("{}")).status, 200);
}

TEST_F(ServiceTest, ADoctorIsToldHowItsRequestArrived) {
  const http::Answer answer = Send("/base/sync/doctor", Header(""), "anything");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(Text(answer).find(R"("area":"sync")"), std::string::npos);
  EXPECT_EQ(Send("/msync/doctor", Header(""), "").status, 404);  // media are served elsewhere
  EXPECT_EQ(Send("/sync/doctor", Header(""), "", "GET").status, 405);
}

TEST_F(ServiceTest, RefusalsHaveTheStatusThatClientsUnderstand) {
  EXPECT_EQ(Send("/sync/meta", Header("bad"), ZstdCompress("{}")).status, 403);
  EXPECT_EQ(Send("/sync/meta", "", "{}").status, 400);
  EXPECT_EQ(Send("/sync/meta", R"({"v":12,"k":"good","c":"","s":""})", ZstdCompress("{}")).status,
            200);
  EXPECT_EQ(Send("/sync/start", R"({"v":12,"k":"good","c":"","s":"s"})", ZstdCompress("{}")).status,
            501);
  EXPECT_EQ(Send("/sync/meta", R"({"v":7,"k":"good","c":"","s":""})", ZstdCompress("{}")).status,
            400);
  EXPECT_EQ(Send("/sync/meta", Header("good"), "not zstd").status, 400);
  EXPECT_EQ(Send("/sync/start", Header("good", ""), ZstdCompress("{}")).status, 400);
  EXPECT_EQ(Send("/sync/start", Header("good"), ZstdCompress("{}")).status, 409);
  EXPECT_EQ(Send("/sync/nothing", Header("good"), ZstdCompress("{}")).status, 400);
  EXPECT_EQ(Send("/sync/meta", Header("good"), "", "GET").status, 405);
  EXPECT_EQ(Send("/msync/begin", Header("good"), "").status, 404);
  EXPECT_EQ(Send("/elsewhere", "", "", "GET").status, 404);
  EXPECT_EQ(Send("/health", "", "", "GET").status, 200);
}

TEST_F(ServiceTest, WhatIsQuickIsAnsweredWhereItWasReceivedAndNothingElse) {
  EXPECT_EQ(Send("/sync/chunk", Header("good"), ZstdCompress("{}")).status, 200);
  EXPECT_EQ(thread_, std::this_thread::get_id());
  is_quick_ = false;
  EXPECT_EQ(Text(Send("/sync/chunk", Header("good"), ZstdCompress("{}"))), "{}");
  EXPECT_NE(thread_, std::this_thread::get_id());
  EXPECT_EQ(events_.size(), 2U);
}

TEST_F(ServiceTest, WhatIsLargeIsNotQuick) {
  std::string random(8192, '\0');
  std::generate(random.begin(), random.end(), std::mt19937(7));
  EXPECT_EQ(Text(Send("/sync/chunk", Header("good"), ZstdCompress(random))), random);
  EXPECT_NE(thread_, std::this_thread::get_id());
  const std::string unpacks(100'000, 'x');
  EXPECT_EQ(Text(Send("/sync/chunk", Header("good"), ZstdCompress(unpacks))), unpacks);
  EXPECT_NE(thread_, std::this_thread::get_id());
}

TEST_F(ServiceTest, WhatWasWrittenWhileAMoveBeganIsNotAcknowledged) {
  EXPECT_EQ(Send("/sync/upload", Header("moved"), ZstdCompress("a file")).status, 503);
  EXPECT_EQ(asked_for_moved_, 2);
}

TEST_F(ServiceTest, MetaLeadsToTheServerThatHasTheAccountAndNothingElseDoes) {
  const auto answer = Send("/sync/meta", Header("elsewhere"), ZstdCompress("{}"));
  EXPECT_EQ(answer.status, 308);
  EXPECT_THAT(answer.headers, testing::Contains(testing::Pair("Location", "http://b/")));
  EXPECT_EQ(Send("/sync/finish", Header("elsewhere"), ZstdCompress("{}")).status, 503);
  EXPECT_EQ(Send("/sync/upload", Header("elsewhere"), ZstdCompress("a file")).status, 200);
}

TEST_F(ServiceTest, AnAccountOnHoldIsToldThroughMetaAndUploadAndNothingElse) {
  EXPECT_EQ(Send("/sync/meta", Header("held"), ZstdCompress("{}")).status, 200);
  EXPECT_EQ(Text(Send("/sync/upload", Header("held"), ZstdCompress("x"))), "moving");
  EXPECT_EQ(Send("/sync/start", Header("held"), ZstdCompress("{}")).status, 503);
  EXPECT_EQ(events_.back().refused, ErrorKind::kUnavailable);
}

TEST_F(ServiceTest, AUserWhoEndsNoRequestIsRefusedAndOthersAreServed) {
  EXPECT_EQ(BeginMany("/sync/upload", Header("good")), Limits{}.requests_waiting_per_user_max);
  EXPECT_EQ(Send("/sync/meta", Header("good"), ZstdCompress("{}")).status, 200);
}

TEST_F(ServiceTest, StrangersWhoEndNoRequestAreRefusedAndDevicesAreServed) {
  EXPECT_EQ(BeginMany("/sync/hostKey", Header("")), Limits{}.requests_in_progress_max / 2);
  EXPECT_EQ(Send("/sync/hostKey", Header(""), ZstdCompress("{}")).status, 200);
}

TEST_F(ServiceTest, AnUploadOverEitherBoundIsToldInWords) {
  EXPECT_EQ(Text(Send("/sync/upload", Header("good"), std::string(1001, 'x'))),
            kCollectionTooLarge);
  EXPECT_EQ(Text(Send("/sync/upload", Header("good"), ZstdCompress(std::string(100'001, 'x')))),
            kCollectionTooLarge);
  EXPECT_EQ(Text(Send("/sync/upload", Header("good"), "")), "");
}

}  // namespace
}  // namespace ankisync::service
