// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/mirror.h"

#include <memory>
#include <string>
#include <utility>

#include "common/codec/json_writer.h"
#include "common/protocol/sync_header.h"
#include "common/service/error_answer.h"
#include "common/service/reply_answer.h"

namespace ankisync::service {

class Mirror::Reflection final : public http::Receiver {
 public:
  Reflection(Mirror& mirror, std::string seen, int version)
      : mirror_(mirror), seen_(std::move(seen)), version_(version) {
    ++mirror_.at_once_;
  }
  ~Reflection() override { --mirror_.at_once_; }
  Reflection(const Reflection&) = delete;
  Reflection& operator=(const Reflection&) = delete;

  http::Answer OverBound() override {
    return AnswerTo(SyncError(ErrorKind::kTooLarge, "a body over the bound"), nullptr, version_);
  }

  void Complete(std::unique_ptr<http::Exchange> exchange) override {
    seen_ += ",\"bytes\":" + std::to_string(exchange->body().size()) + "}";
    exchange->Respond(AnswerOf(protocol::Reply{std::move(seen_)}, version_));
  }

 private:
  Mirror& mirror_;
  std::string seen_;  // all but the body's size, and open
  const int version_;
};

std::variant<http::Answer, http::Accepted> Mirror::Admit(const http::RequestHead& head,
                                                         protocol::Area area,
                                                         const ClientAddresses& addresses) {
  const auto header = head.headers.Find("anki-sync");
  const int version = header ? protocol::kVersionMax : protocol::kVersionLegacy;
  if (at_once_ >= kAtOnceMax)
    return AnswerTo(SyncError(ErrorKind::kUnavailable, "busy"), nullptr, version);
  const std::string address = addresses.Of(head);
  std::string seen;
  json::Writer(seen)
      .StartObject()
      .Key("area")
      .Text(area == protocol::Area::kCollection ? "sync" : "msync")
      .Key("address")
      .Text(address)
      .Key("shared")
      .Bool(addresses.IsShared(address))
      .Key("told")
      .Bool(addresses.IsTold(head))
      .Key("trusted")
      .Bool(addresses.IsPeerTrusted(head))
      .Key("chunked")
      .Bool(!head.content_length)
      .Key("header_bytes")
      .Int(header ? header->size() : 0);
  return http::Accepted{body_bytes_max_,
                        std::make_unique<Reflection>(*this, std::move(seen), version)};
}

}  // namespace ankisync::service
