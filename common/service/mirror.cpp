// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/mirror.h"

#include <optional>
#include <string>
#include <utility>

#include "common/codec/json_writer.h"
#include "common/protocol/sync_header.h"
#include "common/service/error_answer.h"
#include "common/service/reply_answer.h"

namespace ankisync::service {
namespace {

// A body that is read after its request was answered.
class HeldBody final : public ByteSource {
 public:
  HeldBody(std::shared_ptr<http::Exchange> exchange, std::shared_ptr<void> turn)
      : turn_(std::move(turn)), exchange_(std::move(exchange)), source_(exchange_->body().Open()) {}

  std::size_t Read(std::span<char> into) override { return source_->Read(into); }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  const std::shared_ptr<void> turn_;
  const std::shared_ptr<http::Exchange> exchange_;
  const std::unique_ptr<ByteSource> source_;
};

// All but the body's size, and open.
std::string Seen(const http::RequestHead& head, protocol::Area area,
                 const ClientAddresses& addresses) {
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
      .Int(head.headers.Find("anki-sync").value_or("").size());
  return seen;
}

}  // namespace

class Mirror::Reflection final : public http::Receiver {
 public:
  // `seen`: nothing to echo the body.
  Reflection(Turn turn, std::optional<std::string> seen, int version)
      : turn_(std::move(turn)), seen_(std::move(seen)), version_(version) {}

  http::Answer OverBound() override {
    return AnswerTo(SyncError(ErrorKind::kTooLarge, "a body over the bound"), nullptr, version_);
  }

  void Complete(std::unique_ptr<http::Exchange> exchange) override {
    const std::shared_ptr<http::Exchange> shared = std::move(exchange);
    protocol::Reply reply;
    if (seen_) {
      reply.payload = *seen_ + ",\"bytes\":" + std::to_string(shared->body().size()) + "}";
    } else {
      reply.payload = std::make_unique<HeldBody>(shared, turn_);
    }
    shared->Respond(AnswerOf(std::move(reply), version_));
  }

 private:
  const Turn turn_;
  const std::optional<std::string> seen_;
  const int version_;
};

Mirror::Turn Mirror::TakeTurn() {
  Turn turn(&at_once_, [](void* count) { --*static_cast<std::atomic<std::size_t>*>(count); });
  return ++at_once_ > kAtOnceMax ? nullptr : turn;
}

std::variant<http::Answer, http::Accepted> Mirror::Admit(const http::RequestHead& head,
                                                         protocol::Area area,
                                                         const ClientAddresses& addresses) {
  const bool is_framed = head.headers.Find("anki-sync").has_value();
  const int version = is_framed ? protocol::kVersionMax : protocol::kVersionLegacy;
  Turn turn = TakeTurn();
  if (!turn) return AnswerTo(SyncError(ErrorKind::kUnavailable, "busy"), nullptr, version);
  std::optional<std::string> seen;
  if (head.query != "echo") seen = Seen(head, area, addresses);
  return http::Accepted{body_bytes_max_,
                        std::make_unique<Reflection>(std::move(turn), std::move(seen), version)};
}

}  // namespace ankisync::service
