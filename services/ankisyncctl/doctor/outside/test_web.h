// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "services/ankisyncctl/doctor/outside/conversation.h"
#include "services/ankisyncctl/doctor/outside/outside.h"

// For tests alone: a server of ours behind something that can be told to misbehave.
namespace ankisync::doctor {

inline constexpr char kTestHost[] = "anki.example.org";

// An answer of a method, as it leaves our server.
inline WebAnswer FramedAnswer(const std::string& json) {
  return {.end = WebAnswer::End::kWhole,
          .status = 200,
          .headers = {{"anki-original-size", std::to_string(json.size())}},
          .body = ZstdCompress(json)};
}

inline WebAnswer PlainAnswer(int status, std::string body = "") {
  return {.end = WebAnswer::End::kWhole, .status = status, .body = std::move(body)};
}

struct TestWeb {
  // What the server would say of a request.
  Reflection seen{.address = "198.51.100.7", .told = true, .trusted = true, .chunked = true};
  std::uint64_t body_bytes_max = ~std::uint64_t{0};
  int status_over_bound = 413;
  std::vector<std::string> certificates = {};
  bool speaks_13 = true;
  std::string why_untrusted = {};
  // Asked before anything else; nothing: as if there were none.
  std::function<std::optional<WebAnswer>(const WebRequest&)> instead = nullptr;

  static std::string Below(const std::string& url) {
    const auto path = url.find('/', url.find("//") + 2);
    return url.substr(path);
  }

  WebAnswer Mirror(const WebRequest& request) const {
    const std::uint64_t bytes = request.body.size() + request.filler_bytes;
    if (bytes > body_bytes_max) return PlainAnswer(status_over_bound);
    const std::string path = Below(request.url);
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("area")
        .Text(path.find("msync") == std::string::npos ? "sync" : "msync")
        .Key("address")
        .Text(seen.address)
        .Key("shared")
        .Bool(seen.shared)
        .Key("told")
        .Bool(seen.told)
        .Key("trusted")
        .Bool(seen.trusted)
        .Key("chunked")
        .Bool(seen.chunked)
        .Key("header_bytes")
        .Int(100)
        .Key("bytes")
        .Int(bytes)
        .EndObject();
    WebAnswer answer = FramedAnswer(json);
    answer.body_bytes = path.ends_with("?echo") ? bytes : answer.body.size();
    return answer;
  }

  WebAnswer operator()(const WebRequest& request) const {
    if (instead) {
      if (auto answer = instead(request)) return *std::move(answer);
    }
    if (request.tls == WebRequest::Tls::kOnly13 && !speaks_13)
      return {.end = WebAnswer::End::kNoTls, .why = "no protocols available"};
    if (request.certificate == WebRequest::Certificate::kValid && !why_untrusted.empty())
      return {.end = WebAnswer::End::kBadCertificate, .why = why_untrusted};
    WebAnswer answer = Mirror(request);
    answer.certificates = certificates;
    return answer;
  }
};

inline Conversation ConversationWith(TestWeb web, const std::string& scheme = "http") {
  return {ServerAddress::Parse(scheme + "://" + kTestHost + "/"), std::move(web)};
}

}  // namespace ankisync::doctor
