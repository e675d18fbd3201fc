// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/call.h"

#include <algorithm>
#include <utility>

#include "common/service/error_answer.h"

namespace ankisync::service {
namespace {

// No answer was sent; the number that proxies write into their logs for it.
constexpr int kClientGone = 499;

// Forms of unknown owners that are no larger may come as they like.
constexpr std::uint64_t kSmallFormBytes = 256 * 1024;

// Clients send batches of 2.5 MiB and the file that made them so: most never see the disk but as
// blobs.
constexpr std::size_t kMediaBatchMemoryBytes = std::size_t{5} << 20;

// What a client is called that says only by its framing what it is.
constexpr char kLegacyClient[] = "protocol 10";

[[noreturn]] void Refuse(ErrorKind kind, const std::string& why) { throw SyncError(kind, why); }

}  // namespace

Service::Call::Call(Service& service, const http::RequestHead& head,
                    const protocol::MethodInfo* info)
    : service_(service), info_(info), started_(std::chrono::steady_clock::now()) {
  event_.request_id = head.request_id;
  event_.method = info;
  event_.remote_address = service.addresses_.Of(head);
  ++service_.in_progress_;
  service_.observer_.Started(info_);
}

Service::Call::~Call() {
  if (event_.status == 0) {
    event_.error = "the client went away";
    Report(kClientGone);
  }
  CountAsKnown();
  --service_.in_progress_;
}

void Service::Call::Check(const http::RequestHead& head) {
  ReadFraming(head);
  if (!info_) Refuse(ErrorKind::kMalformedRequest, "unknown method");
  const bool carries_on = info_->open_session == protocol::OpenSession::kMustMatch;
  if (service_.draining_ && !carries_on) Refuse(ErrorKind::kUnavailable, "the server is stopping");
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

std::uint64_t Service::Call::received_bytes_max() const {
  const std::uint64_t bytes = bound().received_bytes_max;
  return boundary_ ? std::min(bytes, service_.limits_.form_bytes_max) : bytes;
}

std::size_t Service::Call::memory_bytes_max() const {
  return info_->payload == protocol::Payload::kMediaBatch ? kMediaBatchMemoryBytes : 0;
}

void Service::Call::ReadFraming(const http::RequestHead& head) {
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

void Service::Call::ReadForm(const http::Body& body) {
  const auto room = std::exchange(room_, std::nullopt);
  Use(protocol::ReadLegacyForm(*body.Open(), *boundary_));
  CheckKeys();
}

void Service::Call::Use(protocol::LegacyForm form) {
  keys_ = {.version = protocol::kVersionLegacy,
           .hkey = form.hkey,
           .client = form.client_version.value_or(kLegacyClient),
           .skey = form.skey};
  event_.client = keys_.client;
  form_ = std::move(form);
}

void Service::Call::CheckKeys() {
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

void Service::Call::FindCaller() {
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

// Whoever has a key gets on with it, however many requests strangers begin and do not end.
void Service::Call::CountAsStranger() {
  is_stranger_ = true;
  if (++service_.strangers_ > service_.limits_.requests_in_progress_max / 2)
    Refuse(ErrorKind::kUnavailable, "too many requests without a key");
}

void Service::Call::CountAsKnown() {
  if (std::exchange(is_stranger_, false)) --service_.strangers_;
}

// Strangers fill no more of the spool than this, however many forms they begin.
void Service::Call::TakeRoom(const http::RequestHead& head) {
  const std::uint64_t bytes =
      std::min(head.content_length.value_or(received_bytes_max()), received_bytes_max());
  if (bytes <= kSmallFormBytes) return;
  room_.emplace(service_.unknown_forms_);
  if (!room_->GrowTo(bytes)) Refuse(ErrorKind::kUnavailable, "no room for another form");
}

}  // namespace ankisync::service
