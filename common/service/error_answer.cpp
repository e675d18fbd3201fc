// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/error_answer.h"

#include <cstdlib>
#include <optional>

#include "common/service/reply_answer.h"

namespace ankisync::service {

int StatusOf(ErrorKind kind) {  // clients act on these numbers
  switch (kind) {               // no default: a kind without a status does not build
    case ErrorKind::kMalformedRequest:
    case ErrorKind::kTooLarge:          // never 413: clients show that as raw text
    case ErrorKind::kInconsistentData:  // the person sees "Check Database, then sync"
      return 400;
    case ErrorKind::kWrongCredentials:
      return 403;  // AnkiDroid forgets the login: never for our faults
    case ErrorKind::kSessionConflict:
      return 409;
    case ErrorKind::kClientTooOld:
      return 501;
    case ErrorKind::kUnavailable:
      return 503;  // "try again in a few minutes"
    case ErrorKind::kInternal:
      return 500;
  }
  std::abort();  // not an ErrorKind at all
}

const char* NameOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformedRequest:
      return "malformed-request";
    case ErrorKind::kTooLarge:
      return "too-large";
    case ErrorKind::kInconsistentData:
      return "inconsistent-data";
    case ErrorKind::kWrongCredentials:
      return "wrong-credentials";
    case ErrorKind::kSessionConflict:
      return "session-conflict";
    case ErrorKind::kClientTooOld:
      return "client-too-old";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kInternal:
      return "internal";
  }
  std::abort();
}

namespace {

// Clients show the text of a 200 that is not "OK".
std::optional<std::string> SentenceForUpload(const SyncError& error) {
  if (error.kind() == ErrorKind::kTooLarge) return kCollectionTooLarge;
  if (const auto* hold = dynamic_cast<const OnHold*>(&error)) return hold->sentence();
  return std::nullopt;
}

}  // namespace

http::Answer AnswerTo(const SyncError& error, const protocol::MethodInfo* info, int version) {
  if (info && info->method == protocol::Method::kUpload) {
    if (auto sentence = SentenceForUpload(error))
      return AnswerOf(protocol::Reply{*std::move(sentence)}, version);
  }
  http::Answer answer;
  if (const auto* moved = dynamic_cast<const LivesElsewhere*>(&error)) {
    answer.status = 308;
    answer.headers = {{"Location", moved->url()}};
    return answer;
  }
  answer.status = StatusOf(error.kind());
  answer.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                    {"ankisync-error", NameOf(error.kind())}};
  if (error.kind() == ErrorKind::kUnavailable) answer.headers.emplace_back("Retry-After", "5");
  answer.body = std::to_string(answer.status) + " " + NameOf(error.kind()) + "\n";
  return answer;
}

}  // namespace ankisync::service
