// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "common/codec/json_value.h"
#include "common/codec/test_base64.h"
#include "common/codec/zstd_stream.h"
#include "common/http/request_parser.h"
#include "common/protocol/sync_header.h"
#include "common/service/service.h"
#include "common/service/test_exchange.h"

// Whole syncs as real clients sent them, byte by byte: through the HTTP parser and the service to
// the methods.
namespace ankisync::service {
namespace {

constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;
constexpr char kKey[] = "26aef033203fc3655de5620300a76ee0e2081444";

// What a method was given.
struct Seen {
  std::string method;
  int version = 0;
  std::string client, hkey, skey, payload;
};

class RecordedRequests : public testing::Test, public Observer {
 protected:
  RecordedRequests() {
    for (const protocol::MethodInfo& info : protocol::kMethods) {
      service_.Serve(info.method, [this](protocol::Request& request, const Caller&) {
        seen_ = {std::string(request.method->name),
                 request.version,
                 request.client,
                 request.hkey,
                 request.skey,
                 ReadAll(*request.payload, kBytesMax)};
        return protocol::Reply{std::string("done")};
      });
    }
  }

  void Started(const protocol::MethodInfo*) override {}
  void Ended(const RequestEvent&) override {}

  static json::Document Recorded(const std::string& file) {
    std::ifstream stream(ANKISYNC_VECTORS "/" + file);
    return json::Document::Parse({std::istreambuf_iterator<char>(stream), {}});
  }

  Seen seen_;
  WorkerPool work_{2};
  WorkerPool logins_{1};
  Service service_{work_,
                   logins_,
                   [](std::string_view hkey) -> std::optional<Caller> {
                     if (hkey != kKey) return std::nullopt;
                     return Caller{AccountId{1}, DeviceId{1}, "u", "u", std::nullopt};
                   },
                   Limits{},
                   "",
                   *this};
};

std::pair<http::RequestHead, std::string> ParseRaw(std::string_view raw) {
  using Event = http::RequestParser::Event;
  http::RequestParser parser(16 * 1024, 100);
  std::pair<http::RequestHead, std::string> request;
  for (;;) {
    switch (parser.Next(raw)) {
      case Event::kHead:
        request.first = parser.TakeHead().head;
        break;
      case Event::kBody:
        request.second += parser.piece();
        break;
      case Event::kEnd:
        return request;
      case Event::kMore:
      case Event::kMalformed:
        throw std::runtime_error("no request");
    }
  }
}

std::string_view PartOf(const json::Value& request_text, std::string_view name) {
  for (const json::Value& part : request_text.items()) {
    if (part.items()[0].text().find("name=\"" + std::string(name) + '"') != std::string_view::npos)
      return part.items()[1].is(json::Kind::kNull) ? "a file" : part.items()[1].text();
  }
  return "";
}

std::string Shown(const std::string& payload) {
  const bool is_file = payload.starts_with("SQLite format 3") || payload.starts_with("PK\3\4");
  return is_file ? "a file" : payload;
}

TEST_F(RecordedRequests, OfProtocol10AreUnderstood) {
  const auto vectors = Recorded("wire_v10.json");
  int forms = 0;
  int queries = 0;
  for (const char* client : {"2.1.50", "2.1.56"}) {
    for (const json::Value& recorded : vectors.root().Find(client)->items()) {
      SCOPED_TRACE(std::string(client) + ' ' + std::string(recorded.Find("request_line")->text()));
      auto [head, body] = ParseRaw(FromBase64(recorded.Find("request_b64")->text()));
      seen_ = {};
      ASSERT_EQ(Ask(service_, head, std::move(body)).status, 200);
      EXPECT_EQ(seen_.version, 10);
      const json::Value& text = *recorded.Find("request_text");
      if (head.method == "GET") {
        ++queries;
        EXPECT_TRUE(seen_.client.starts_with("anki," + std::string(client)));
        EXPECT_EQ(seen_.hkey, kKey);
      } else {
        ++forms;
        EXPECT_EQ(seen_.hkey, std::string(PartOf(text, "k")) + std::string(PartOf(text, "sk")));
        EXPECT_EQ(seen_.skey, PartOf(text, "s"));
        EXPECT_EQ(Shown(seen_.payload), PartOf(text, "data"));
      }
    }
  }
  EXPECT_EQ(forms + queries, 106);
  EXPECT_GT(queries, 4);
}

TEST_F(RecordedRequests, OfProtocol11AreUnderstood) {
  const auto vectors = Recorded("wire_v11.json");
  int requests = 0;
  for (const char* client : {"2.1.66", "23.10.1", "26.9.3"}) {
    for (const json::Value& recorded : vectors.root().Find(client)->items()) {
      const std::string line(recorded.Find("request_line")->text());
      SCOPED_TRACE(std::string(client) + ' ' + line);
      auto [head, body] = ParseRaw(FromBase64(recorded.Find("request_b64")->text()));
      seen_ = {};
      const http::Answer answer = Ask(service_, head, std::move(body));
      ASSERT_EQ(answer.status, 200);
      EXPECT_EQ(answer.headers.back().first, "anki-original-size");
      EXPECT_TRUE(line.ends_with('/' + seen_.method));
      EXPECT_EQ(seen_.version, protocol::kVersionMax);
      EXPECT_EQ(seen_.hkey, seen_.method == "hostKey" ? "" : kKey);
      EXPECT_FALSE(seen_.client.empty());
      const json::Value& text = *recorded.Find("request_text");
      EXPECT_EQ(Shown(seen_.payload), text.is(json::Kind::kNull) ? "a file" : text.text());
      ++requests;
    }
  }
  EXPECT_EQ(requests, 155);
}

}  // namespace
}  // namespace ankisync::service
