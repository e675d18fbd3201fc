// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/core/byte_stream.h"
#include "common/core/error.h"
#include "common/http/application.h"
#include "common/http/budget.h"
#include "common/protocol/legacy_form.h"
#include "common/protocol/method.h"
#include "common/protocol/request.h"
#include "common/protocol/sync_header.h"
#include "common/service/caller.h"
#include "common/service/service.h"

namespace ankisync::service {

// One request from its head to its answer: first with the HTTP layer (call.cpp), then on a strand
// (call_serving.cpp). Counted as in progress while it lives, and reported once. One thread at a
// time, but for what a handler answers early (AnswerOnce).
class Service::Call final {
 public:
  // `info`: nullptr if there is no method of that name.
  Call(Service& service, const http::RequestHead& head, const protocol::MethodInfo* info);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Checks that need no body. Throws what refuses the request.
  void Check(const http::RequestHead& head);

  std::uint64_t received_bytes_max() const;
  std::size_t memory_bytes_max() const;

  // The answer that says so, reported.
  http::Answer Failed(const SyncError& error);

  // The body is here: runs the method where it belongs, and answers.
  static void Complete(std::shared_ptr<Call> call, std::unique_ptr<http::Exchange> exchange);

 private:
  using SharedExchange = std::shared_ptr<http::Exchange>;

  // Whose it is.
  void ReadFraming(const http::RequestHead& head);
  void ReadForm(const http::Body& body);
  void Use(protocol::LegacyForm form);
  void CheckKeys();
  void FindCaller();
  void CountAsStranger();
  void CountAsKnown();
  void TakeRoom(const http::RequestHead& head);

  // Its work.
  static void Run(const std::shared_ptr<Call>& call, SharedExchange exchange);
  template <typename Task>
  bool RunQuickly(const Task& task, const http::Body& body);
  bool DecodeSmall(const http::Body& body);
  static void Serve(const std::shared_ptr<Call>& call, const SharedExchange& exchange);
  protocol::Request NewRequest() const;
  http::Answer Ask(protocol::Request& request, const http::Body& body);
  void RefuseIfMovedMeanwhile() const;
  std::unique_ptr<ByteSource> Payload(const http::Body& body) const;

  // Its end.
  template <typename Compose>
  void AnswerOnce(http::Exchange& exchange, Compose&& compose);
  http::Answer Done(http::Answer answer);
  void Report(int status);

  const Bound& bound() const { return service_.BoundFor(*info_); }

  Service& service_;
  const protocol::MethodInfo* info_;     // nullptr never past Check()
  std::optional<std::string> boundary_;  // of a form
  bool is_stranger_ = false;
  std::optional<http::BudgetShare> room_;
  std::optional<protocol::LegacyForm> form_;  // read, or what the query says
  protocol::SyncHeader keys_;
  Caller caller_;
  std::shared_ptr<Strand> strand_;      // none for a login
  Strand::Turn turn_;                   // of a method that may answer early
  std::optional<std::string> decoded_;  // a small payload
  std::atomic<bool> answered_ = false;
  RequestEvent event_{};
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point completed_;
};

}  // namespace ankisync::service
