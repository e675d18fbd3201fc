// SPDX-License-Identifier: AGPL-3.0-or-later
#include <new>
#include <utility>
#include <variant>

#include "common/codec/zstd_stream.h"
#include "common/core/watched_source.h"
#include "common/protocol/framing.h"
#include "common/service/call.h"
#include "common/service/error_answer.h"
#include "common/service/reply_answer.h"

namespace ankisync::service {
namespace {

// A request that is answered on an I/O thread has a body no larger, compressed or not.
constexpr std::uint64_t kSmallBodyBytes = 4 * 1024;

// One request that comes in, takes its time and is answered for good. A sync of many requests needs
// no look back: whoever moves the account waits for its end, because it holds the user's lock.
bool Acknowledges(protocol::Method method) {
  return method == protocol::Method::kUpload || method == protocol::Method::kMediaUploadChanges;
}

// What the step threw.
template <typename Step>
std::optional<SyncError> Caught(Step&& step) {
  try {
    step();
    return std::nullopt;
  } catch (const SyncError& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return SyncError(ErrorKind::kUnavailable, "out of memory");
  } catch (const std::exception& error) {
    return SyncError(ErrorKind::kInternal, error.what());
  }
}

}  // namespace

void Service::Call::Complete(std::shared_ptr<Call> call, std::unique_ptr<http::Exchange> exchange) {
  call->completed_ = std::chrono::steady_clock::now();
  // A strand's tasks are copyable, an exchange is not.
  std::shared_ptr<http::Exchange> shared = std::move(exchange);
  if (!call->boundary_) return Run(call, shared);
  call->service_.work_.Post([call, shared] {
    if (const auto error = Caught([&] { call->ReadForm(shared->body()); })) {
      shared->Respond(call->Failed(*error));
    } else {
      Run(call, shared);
    }
  });
}

void Service::Call::Run(const std::shared_ptr<Call>& call, SharedExchange exchange) {
  const http::Body& body = exchange->body();  // lives as long as the task
  auto task = [call, exchange = std::move(exchange)] { Serve(call, exchange); };
  if (!call->strand_) return call->service_.logins_.Post(std::move(task));
  if (!call->RunQuickly(task, body)) call->strand_->Post(std::move(task));
}

// True: it was quick, and it is done.
template <typename Task>
bool Service::Call::RunQuickly(const Task& task, const http::Body& body) {
  const IsQuick& is_quick = service_.is_quick_[static_cast<std::size_t>(info_->method)];
  if (!is_quick || form_ || !DecodeSmall(body)) return false;
  bool is_done = false;
  strand_->RunHereIfIdle([&] {
    is_done = is_quick(caller_);
    if (is_done) task();
  });
  return is_done;
}

// False: it is not small, or the pool will say what is wrong with it.
bool Service::Call::DecodeSmall(const http::Body& body) {
  if (body.size() > kSmallBodyBytes) return false;
  try {
    decoded_ = ReadAll(*protocol::DecodePayload(body.Open(), kSmallBodyBytes), kSmallBodyBytes);
    return true;
  } catch (const SyncError&) {
    return false;
  }
}

void Service::Call::Serve(const std::shared_ptr<Call>& call, const SharedExchange& exchange) {
  call->event_.body_bytes = exchange->body().size();
  protocol::Request request = call->NewRequest();
  if (call->info_->payload == protocol::Payload::kCollection) {  // the check of one takes long
    call->turn_ = call->strand_->TakeTurn();
    request.answer_early = [call, exchange](protocol::Reply reply) {
      call->AnswerOnce(*exchange,
                       [&] { return call->Done(AnswerOf(std::move(reply), call->keys_.version)); });
    };
  }
  http::Answer answer;
  const auto error = Caught([&] { answer = call->Ask(request, exchange->body()); });
  call->AnswerOnce(*exchange, [&] {
    call->event_.is_logged = request.is_logged;
    return error ? call->Failed(*error) : call->Done(std::move(answer));
  });
}

protocol::Request Service::Call::NewRequest() const {
  protocol::Request request;
  request.method = info_;
  request.version = keys_.version;
  request.client = keys_.client;
  request.hkey = keys_.hkey;
  request.skey = keys_.skey;
  request.remote_address = event_.remote_address;
  request.id = event_.request_id;
  request.waited = std::chrono::steady_clock::now() - completed_;
  return request;
}

http::Answer Service::Call::Ask(protocol::Request& request, const http::Body& body) {
  request.payload = Payload(body);
  const Handler& handler = service_.handlers_[static_cast<std::size_t>(info_->method)];
  protocol::Reply reply = handler(request, caller_);
  if (Acknowledges(info_->method)) RefuseIfMovedMeanwhile();
  return AnswerOf(std::move(reply), keys_.version);
}

// The body, or the work, took its time. What was written after a move began may not have been
// copied: it is not acknowledged, and the client sends it again to where the account is then.
void Service::Call::RefuseIfMovedMeanwhile() const {
  const auto now = service_.authenticate_(keys_.hkey);
  if (now && now->hold && now->hold->is_move)
    throw SyncError(ErrorKind::kUnavailable, "the account began to move meanwhile");
}

std::unique_ptr<ByteSource> Service::Call::Payload(const http::Body& body) const {
  if (form_) {
    return protocol::DecodeFormPayload(*info_, *form_,
                                       body.Open(form_->data_offset, form_->data_bytes),
                                       bound().decoded_bytes_max);
  }
  // An upload of nothing is a refused collection, not a malformed request.
  if (body.size() == 0 && info_->payload == protocol::Payload::kCollection) return body.Open();
  if (decoded_) return std::make_unique<StringSource>(*decoded_);
  return protocol::DecodePayload(body.Open(), bound().decoded_bytes_max);
}

// The first to come answers.
template <typename Compose>
void Service::Call::AnswerOnce(http::Exchange& exchange, Compose&& compose) {
  if (answered_.exchange(true)) return;
  exchange.Respond(compose());
  turn_ = nullptr;
}

http::Answer Service::Call::Done(http::Answer answer) {
  Report(answer.status);
  const auto sent = [&observer = service_.observer_, info = info_](std::size_t bytes) {
    observer.Sent(info, bytes);
  };
  if (auto* text = std::get_if<std::string>(&answer.body)) sent(text->size());
  if (auto* source = std::get_if<std::unique_ptr<ByteSource>>(&answer.body)) {
    *source = std::make_unique<WatchedSource>(std::move(*source), sent);
  }
  return answer;
}

http::Answer Service::Call::Failed(const SyncError& error) {
  http::Answer answer = AnswerTo(error, info_, keys_.version);
  event_.refused = error.kind();
  event_.error = std::string(NameOf(error.kind())) + ": " + error.what();
  Report(answer.status);
  return answer;
}

void Service::Call::Report(int status) {
  event_.status = status;
  event_.duration = std::chrono::steady_clock::now() - started_;
  service_.observer_.Ended(event_);
}

}  // namespace ankisync::service
