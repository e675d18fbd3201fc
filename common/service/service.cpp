// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/service.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#include "common/codec/zstd_stream.h"
#include "common/core/watched_source.h"
#include "common/protocol/framing.h"
#include "common/protocol/legacy_form.h"
#include "common/protocol/sync_header.h"
#include "common/service/error_answer.h"
#include "common/service/reply_answer.h"

namespace ankisync::service {
namespace {

http::Answer TextAnswer(int status, std::string text) {
  http::Answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  answer.body = std::move(text);
  return answer;
}

http::Answer NotFound() {
  http::Answer answer =
      TextAnswer(404,
                 "Nothing here. In Anki, the self-hosted sync server's address is the part of this "
                 "server's address in front of /sync/ and /msync/.\n");
  answer.headers.emplace_back("ankisync-error", "not-found");  // of ours, not a proxy's
  return answer;
}

http::Answer MethodNotAllowed() {
  http::Answer answer = TextAnswer(405, "This address is for Anki clients, which use POST.\n");
  answer.headers.emplace_back("Allow", "POST");
  return answer;
}

bool Allows(const protocol::MethodInfo* info, std::string_view http_method) {
  if (http_method == "POST") return true;
  return info && info->get_allowed && (http_method == "GET" || http_method == "HEAD");
}

std::string UnknownMethod(protocol::Area area) {
  std::string text = "unknown method; there are:";
  for (const protocol::MethodInfo& info : protocol::kMethods) {
    if (info.area == area) text += " " + std::string(info.name);
  }
  return text;
}

// One request that comes in, takes its time and is answered for good. A sync of many requests needs
// no look back: whoever moves the account waits for its end, because it holds the user's lock.
bool Acknowledges(protocol::Method method) {
  return method == protocol::Method::kUpload || method == protocol::Method::kMediaUploadChanges;
}

// No answer was sent; the number that proxies write into their logs for it.
constexpr int kClientGone = 499;

// Forms of unknown owners that are no larger may come as they like.
constexpr std::uint64_t kSmallFormBytes = 256 * 1024;

// A request that is answered on an I/O thread has a body no larger, compressed or not.
constexpr std::uint64_t kSmallBodyBytes = 4 * 1024;

// Clients send batches of 2.5 MiB and the file that made them so: most never see the disk but as
// blobs.
constexpr std::size_t kMediaBatchMemoryBytes = std::size_t{5} << 20;

// What a client is called that says only by its framing what it is.
constexpr char kLegacyClient[] = "protocol 10";

[[noreturn]] void Refuse(ErrorKind kind, const std::string& why) { throw SyncError(kind, why); }

}  // namespace

// One request from its head to its answer: first with the HTTP layer, then on a strand.
class Service::Call final {
 public:
  Call(Service& service, const http::RequestHead& head, const protocol::MethodInfo* info)
      : service_(service), info_(info), started_(std::chrono::steady_clock::now()) {
    event_.request_id = head.request_id;
    event_.method = info;
    event_.remote_address = service.addresses_.Of(head);
    ++service_.in_progress_;
    service_.observer_.Started(info_);
  }
  ~Call() {
    if (event_.status == 0) {
      event_.error = "the client went away";
      Report(kClientGone);
    }
    CountAsKnown();
    --service_.in_progress_;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Checks that need no body. Throws what refuses the request.
  void Check(const http::RequestHead& head) {
    ReadFraming(head);
    if (!info_) Refuse(ErrorKind::kMalformedRequest, "unknown method");
    const bool carries_on = info_->open_session == protocol::OpenSession::kMustMatch;
    if (service_.draining_ && !carries_on)
      Refuse(ErrorKind::kUnavailable, "the server is stopping");
    if (boundary_) {
      CountAsStranger();
      TakeRoom(head);
    } else {
      CheckKeys();
    }
    if (service_.in_progress_ > service_.limits_.requests_in_progress_max) {
      Refuse(ErrorKind::kUnavailable, "too many requests in progress");
    }
  }

  std::uint64_t received_bytes_max() const {
    const std::uint64_t bytes = bound().received_bytes_max;
    return boundary_ ? std::min(bytes, service_.limits_.form_bytes_max) : bytes;
  }

  std::size_t memory_bytes_max() const {
    return info_->payload == protocol::Payload::kMediaBatch ? kMediaBatchMemoryBytes : 0;
  }

  http::Answer Failed(const SyncError& error) {
    http::Answer answer = AnswerTo(error, info_, keys_.version);
    event_.refused = error.kind();
    event_.error = std::string(NameOf(error.kind())) + ": " + error.what();
    Report(answer.status);
    return answer;
  }

  static void Complete(std::shared_ptr<Call> call, std::unique_ptr<http::Exchange> exchange) {
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

 private:
  using SharedExchange = std::shared_ptr<http::Exchange>;

  static void Run(const std::shared_ptr<Call>& call, SharedExchange exchange) {
    const http::Body& body = exchange->body();  // lives as long as the task
    auto task = [call, exchange = std::move(exchange)] { Serve(call, exchange); };
    if (!call->strand_) return call->service_.logins_.Post(std::move(task));
    if (!call->RunQuickly(task, body)) call->strand_->Post(std::move(task));
  }

  // True: it was quick, and it is done.
  template <typename Task>
  bool RunQuickly(const Task& task, const http::Body& body) {
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
  bool DecodeSmall(const http::Body& body) {
    if (body.size() > kSmallBodyBytes) return false;
    try {
      decoded_ = ReadAll(*protocol::DecodePayload(body.Open(), kSmallBodyBytes), kSmallBodyBytes);
      return true;
    } catch (const SyncError&) {
      return false;
    }
  }

  const Bound& bound() const { return service_.BoundFor(*info_); }

  void ReadFraming(const http::RequestHead& head) {
    if (head.method != "POST") return Use(protocol::ReadLegacyQuery(head.query));
    if (const auto header = head.headers.Find("anki-sync")) {
      keys_ = protocol::ParseSyncHeader(*header);
      // `meta` has words for it: this server must be updated.
      const bool is_meta = info_ && info_->method == protocol::Method::kMeta;
      if (keys_.version > protocol::kVersionMax && !is_meta) {
        Refuse(ErrorKind::kClientTooOld, "protocol version " + std::to_string(keys_.version));
      }
    } else {
      keys_.version = protocol::kVersionLegacy;
      keys_.client = kLegacyClient;
      boundary_ = protocol::FormBoundary(head.headers.Find("content-type").value_or(""));
    }
    event_.client = keys_.client;
  }

  // Whoever has a key gets on with it, however many requests strangers begin and do not end.
  void CountAsStranger() {
    is_stranger_ = true;
    if (++service_.strangers_ > service_.limits_.requests_in_progress_max / 2)
      Refuse(ErrorKind::kUnavailable, "too many requests without a key");
  }

  void CountAsKnown() {
    if (std::exchange(is_stranger_, false)) --service_.strangers_;
  }

  // Strangers fill no more of the spool than this, however many forms they begin.
  void TakeRoom(const http::RequestHead& head) {
    const std::uint64_t bytes =
        std::min(head.content_length.value_or(received_bytes_max()), received_bytes_max());
    if (bytes <= kSmallFormBytes) return;
    room_.emplace(service_.unknown_forms_);
    if (!room_->GrowTo(bytes)) Refuse(ErrorKind::kUnavailable, "no room for another form");
  }

  void ReadForm(const http::Body& body) {
    const auto room = std::exchange(room_, std::nullopt);
    Use(protocol::ReadLegacyForm(*body.Open(), *boundary_));
    CheckKeys();
  }

  void Use(protocol::LegacyForm form) {
    keys_ = {.version = protocol::kVersionLegacy,
             .hkey = form.hkey,
             .client = form.client_version.value_or(kLegacyClient),
             .skey = form.skey};
    event_.client = keys_.client;
    form_ = std::move(form);
  }

  void CheckKeys() {
    if (info_->needs != protocol::Needs::kNothing) {
      FindCaller();
    } else if (service_.logins_.waiting() >= service_.limits_.logins_waiting_max) {
      Refuse(ErrorKind::kUnavailable, "too many logins are waiting");
    } else if (!is_stranger_) {
      CountAsStranger();
    }
    if (info_->needs == protocol::Needs::kSkey && keys_.skey.empty()) {
      Refuse(ErrorKind::kMalformedRequest, "no session key");
    }
  }

  void FindCaller() {
    auto caller = service_.authenticate_(keys_.hkey);
    if (!caller) Refuse(ErrorKind::kWrongCredentials, "unknown or revoked key");
    caller_ = *std::move(caller);
    CountAsKnown();
    event_.user = caller_.user;
    event_.device = caller_.device;
    // Forms are from clients that follow nobody, and `meta` has words for them.
    if (caller_.elsewhere && info_->method == protocol::Method::kMeta && !form_)
      throw LivesElsewhere(*caller_.elsewhere);
    if (caller_.hold && info_->method != protocol::Method::kMeta) {
      throw OnHold(caller_.hold->sentence);
    }
    strand_ = service_.strands(info_->area).Of(caller_.account);
    // Each holds the strand from here on, its body may be slow to come; so does a task that runs.
    const std::size_t waiting = strand_->waiting();
    const std::size_t holders = static_cast<std::size_t>(strand_.use_count()) - (waiting > 0);
    const std::size_t max = service_.limits_.requests_waiting_per_user_max;
    if (waiting >= max || holders > max) {
      Refuse(ErrorKind::kUnavailable, "too many requests of this user");
    }
  }

  // What the step threw.
  template <typename Step>
  static std::optional<SyncError> Caught(Step&& step) {
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

  static void Serve(const std::shared_ptr<Call>& call, const SharedExchange& exchange) {
    call->event_.body_bytes = exchange->body().size();
    protocol::Request request = call->NewRequest();
    if (call->info_->payload == protocol::Payload::kCollection) {  // the check of one takes long
      call->turn_ = call->strand_->TakeTurn();
      request.answer_early = [call, exchange](protocol::Reply reply) {
        call->AnswerOnce(
            *exchange, [&] { return call->Done(AnswerOf(std::move(reply), call->keys_.version)); });
      };
    }
    http::Answer answer;
    const auto error = Caught([&] { answer = call->Ask(request, exchange->body()); });
    call->AnswerOnce(*exchange, [&] {
      call->event_.is_logged = request.is_logged;
      return error ? call->Failed(*error) : call->Done(std::move(answer));
    });
  }

  // The first to come answers.
  template <typename Compose>
  void AnswerOnce(http::Exchange& exchange, Compose&& compose) {
    if (answered_.exchange(true)) return;
    exchange.Respond(compose());
    turn_ = nullptr;
  }

  http::Answer Done(http::Answer answer) {
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

  protocol::Request NewRequest() const {
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

  http::Answer Ask(protocol::Request& request, const http::Body& body) {
    request.payload = Payload(body);
    const Handler& handler = service_.handlers_[static_cast<std::size_t>(info_->method)];
    protocol::Reply reply = handler(request, caller_);
    if (Acknowledges(info_->method)) RefuseIfMovedMeanwhile();
    return AnswerOf(std::move(reply), keys_.version);
  }

  // The body, or the work, took its time. What was written after a move began may not have been
  // copied: it is not acknowledged, and the client sends it again to where the account is then.
  void RefuseIfMovedMeanwhile() const {
    const auto now = service_.authenticate_(keys_.hkey);
    if (now && now->hold && now->hold->is_move)
      Refuse(ErrorKind::kUnavailable, "the account began to move meanwhile");
  }

  std::unique_ptr<ByteSource> Payload(const http::Body& body) const {
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

  void Report(int status) {
    event_.status = status;
    event_.duration = std::chrono::steady_clock::now() - started_;
    service_.observer_.Ended(event_);
  }

  Service& service_;
  const protocol::MethodInfo* info_;     // nullptr: no method of that name; never past Check()
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

class Service::CallReceiver final : public http::Receiver {
 public:
  explicit CallReceiver(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  http::Answer OverBound() override {
    return call_->Failed(SyncError(ErrorKind::kTooLarge, "the body is larger than allowed"));
  }
  void Complete(std::unique_ptr<http::Exchange> exchange) override {
    Call::Complete(call_, std::move(exchange));
  }

 private:
  std::shared_ptr<Call> call_;
};

Service::Service(WorkerPool& work, WorkerPool& logins, Authenticate authenticate,
                 const Limits& limits, std::string base_path, Observer& observer,
                 ClientAddresses addresses)
    : work_(work),
      logins_(logins),
      collection_strands_(work),
      media_strands_(work),
      authenticate_(std::move(authenticate)),
      limits_(limits),
      base_path_(std::move(base_path)),
      observer_(observer),
      addresses_(std::move(addresses)),
      mirror_(limits.media_batch.received_bytes_max),
      unknown_forms_(std::make_shared<http::Budget>(limits.unknown_forms_bytes_max)) {}

void Service::Serve(protocol::Method method, Handler handler, IsQuick is_quick) {
  handlers_[static_cast<std::size_t>(method)] = std::move(handler);
  is_quick_[static_cast<std::size_t>(method)] = std::move(is_quick);
}

void Service::ServePage(std::string path, Page page) {
  pages_.emplace_back(std::move(path), std::move(page));
}

void Service::ServeStrays(StrayPage page) { stray_page_ = std::move(page); }

std::variant<http::Answer, http::Accepted> Service::Admit(const http::RequestHead& head) {
  for (const auto& [path, page] : pages_) {
    if (head.path == path) return page(head);
  }
  if (stray_page_) {
    if (auto answer = stray_page_(head)) return *std::move(answer);
  }
  const auto target = protocol::TargetOf(head.path, base_path_);
  if (!target || !Serves(target->area)) return NotFound();
  if (!Allows(target->info, head.method)) return MethodNotAllowed();
  if (!target->info && target->name == Mirror::kName)
    return mirror_.Admit(head, target->area, addresses_);

  const auto call = std::make_shared<Call>(*this, head, target->info);
  try {
    call->Check(head);
  } catch (const SyncError& error) {
    http::Answer answer = call->Failed(error);
    if (!target->info) answer.body = UnknownMethod(target->area);
    return answer;
  }
  return http::Accepted{call->received_bytes_max(), std::make_unique<CallReceiver>(call),
                        call->memory_bytes_max()};
}

bool Service::Serves(protocol::Area area) const {
  return std::any_of(protocol::kMethods.begin(), protocol::kMethods.end(),
                     [&](const protocol::MethodInfo& info) {
                       return info.area == area && handlers_[static_cast<std::size_t>(info.method)];
                     });
}

const Bound& Service::BoundFor(const protocol::MethodInfo& info) const {
  switch (info.payload) {
    case protocol::Payload::kJson:
      return limits_.json;
    case protocol::Payload::kCollection:
      return limits_.collection;
    case protocol::Payload::kMediaBatch:
      return limits_.media_batch;
  }
  std::abort();
}

}  // namespace ankisync::service
