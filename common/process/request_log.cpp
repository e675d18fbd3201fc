// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/request_log.h"

namespace ankisync {
namespace {

std::size_t IndexOf(const protocol::MethodInfo* method) {
  return method ? static_cast<std::size_t>(method->method) : Metrics::kNoMethod;
}

LogLevel LevelOf(const service::RequestEvent& event) {
  if (!event.refused || event.is_logged) return LogLevel::kDebug;
  if (event.status == 308) return LogLevel::kInfo;  // as it should be
  return *event.refused == ErrorKind::kInternal ? LogLevel::kError : LogLevel::kWarning;
}

}  // namespace

void RequestLog::Started(const protocol::MethodInfo* method) {
  metrics_.RequestStarted(IndexOf(method));
}

void RequestLog::Sent(const protocol::MethodInfo* method, std::uint64_t bytes) {
  metrics_.AnswerSent(IndexOf(method), bytes);
}

void RequestLog::Ended(const service::RequestEvent& event) {
  metrics_.RequestEnded({.method = IndexOf(event.method),
                         .status = event.status,
                         .duration = event.duration,
                         .received_bytes = event.body_bytes,
                         .refused = event.refused});
  if (event.device != DeviceId{})
    devices_.NoteUse(event.device, {event.client, event.remote_address});
  const LogLevel level = LevelOf(event);
  if (!log_.Writes(level)) return;
  log_.Write(level, event.refused ? "request refused" : "request",
             {{"user", event.user},
              {"method", event.method ? event.method->name : std::string_view("?")},
              {"status", event.status},
              {"reason", event.error},
              {"client", event.client},
              {"address", event.remote_address},
              {"bytes", event.body_bytes},
              {"seconds", std::chrono::duration<double>(event.duration).count()},
              {"request", event.request_id}});
}

}  // namespace ankisync
