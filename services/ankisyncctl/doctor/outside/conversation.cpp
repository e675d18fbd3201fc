// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/conversation.h"

#include <charconv>
#include <memory>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/protocol/sync_header.h"

namespace ankisync::doctor {
namespace {

constexpr char kClient[] = "doctor,ankisyncctl,linux";  // "version,build,platform"
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// Whether or not its header says that it is compressed.
std::optional<std::string> Unpacked(const std::string& body) {
  if (!body.starts_with(kZstdMagic)) return body;
  try {
    ZstdDecompressor plain(std::make_unique<StringSource>(body), WebAnswer::kBodyBytesMax);
    return ReadAll(plain, WebAnswer::kBodyBytesMax);
  } catch (const SyncError&) {
    return std::nullopt;
  }
}

Reflection ParseReflection(std::string text) {
  const json::Document document = json::Document::Parse(std::move(text));
  const auto member = [&](std::string_view key) {
    return json::RequireMember(document.root(), key);
  };
  const auto text_of = [&](std::string_view key) {
    return std::string(json::Require(json::ReadText(member(key)), key));
  };
  const auto number = [&](std::string_view key) {
    return json::Require(json::ReadInt<std::uint64_t>(member(key)), key);
  };
  return {.area = text_of("area"),
          .address = text_of("address"),
          .shared = member("shared").boolean(),
          .told = member("told").boolean(),
          .trusted = member("trusted").boolean(),
          .chunked = member("chunked").boolean(),
          .header_bytes = number("header_bytes"),
          .bytes = number("bytes")};
}

}  // namespace

std::optional<Reflection> ReadReflection(const WebAnswer& answer) {
  if (!answer.is_whole() || answer.status != 200) return std::nullopt;
  auto text = Unpacked(answer.body);
  if (!text) return std::nullopt;
  try {
    Reflection reflection = ParseReflection(*std::move(text));
    reflection.is_framed = !answer.Header("anki-original-size").empty();
    return reflection;
  } catch (const SyncError&) {
    return std::nullopt;
  }
}

bool IsOurRefusal(const WebAnswer& answer) {
  return answer.is_whole() && !answer.Header("ankisync-error").empty();
}

std::string SyncHeader(std::string_view hkey, std::size_t bytes_min) {
  const std::string skey(bytes_min, 's');
  std::string header;
  json::Writer(header)
      .StartObject()
      .Key("v")
      .Int(protocol::kVersionMax)
      .Key("k")
      .Text(hkey)
      .Key("c")
      .Text(kClient)
      .Key("s")
      .Text(skey.empty() ? "doctor" : skey)
      .EndObject();
  return header;
}

std::optional<std::string> PayloadOf(const WebAnswer& answer) {
  if (!answer.is_whole() || answer.status != 200) return std::nullopt;
  if (answer.Header("anki-original-size").empty()) return std::nullopt;
  return Unpacked(answer.body);
}

Proxy Conversation::proxy() {
  if (!proxy_) proxy_ = RecogniseProxy(web_, address_.text());
  return *proxy_;
}

WebRequest Conversation::Mirror(std::string url) {
  return {.url = std::move(url), .headers = {{"anki-sync", SyncHeader("")}}, .body = "doctor"};
}

WebRequest Conversation::MirrorOf(std::string_view area) const {
  return Mirror(address_.Url(std::string(area) + "/doctor"));
}

bool Conversation::Reaches(std::string_view area, const std::string& url) const {
  const auto reflection = AskMirror(Mirror(url));
  return reflection && reflection->area == area;
}

}  // namespace ankisync::doctor
