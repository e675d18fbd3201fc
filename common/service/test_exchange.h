// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "common/http/application.h"

namespace ankisync::service {

// For tests alone: an exchange whose answer is waited for.
class TestExchange final : public http::Exchange {
 public:
  TestExchange(http::Body body, std::promise<http::Answer>& answered)
      : body_(std::move(body)), answered_(answered) {}
  const http::RequestHead& head() const override { return head_; }
  http::Body& body() override { return body_; }
  void Respond(http::Answer answer) override { answered_.set_value(std::move(answer)); }

 private:
  http::RequestHead head_;
  http::Body body_;
  std::promise<http::Answer>& answered_;
};

// One request on its way through an application, without a socket.
inline http::Answer Ask(http::Application& application, http::RequestHead head, std::string body) {
  head.content_length = body.size();
  auto admitted = application.Admit(head);
  if (auto* answer = std::get_if<http::Answer>(&admitted)) return std::move(*answer);
  std::promise<http::Answer> answered;
  auto& accepted = std::get<http::Accepted>(admitted);
  if (body.size() > accepted.body_bytes_max) return accepted.receiver->OverBound();
  accepted.receiver->Complete(
      std::make_unique<TestExchange>(http::Body(std::move(body)), answered));
  return answered.get_future().get();
}

}  // namespace ankisync::service
