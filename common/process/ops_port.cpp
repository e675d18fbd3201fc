// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/ops_port.h"

#include "common/codec/json_writer.h"

namespace ankisync {
namespace {

constexpr std::chrono::seconds kStuckAfter{10};

http::Answer TextAnswer(int status, const char* type, std::string text) {
  http::Answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", type}};
  answer.body = std::move(text);
  return answer;
}

}  // namespace

std::variant<http::Answer, http::Accepted> OpsPort::Admit(const http::RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD")
    return TextAnswer(405, "text/plain", "GET only\n");
  if (head.path == "/livez") return Live();
  if (head.path == "/readyz") return Ready();
  if (head.path == "/metrics")
    return TextAnswer(200, "text/plain; version=0.0.4", metrics_.Exposition());
  if (head.path == "/version") return TextAnswer(200, "text/plain", version_ + "\n");
  return TextAnswer(404, "text/plain", "/livez /readyz /metrics /version\n");
}

void OpsPort::SayStarting(std::string what) {
  const std::lock_guard lock(starting_mutex_);
  starting_ = std::move(what);
}

http::Answer OpsPort::Live() const {
  const auto silence = longest_silence_();
  if (silence < kStuckAfter) return TextAnswer(200, "text/plain", "ok\n");
  return TextAnswer(503, "text/plain",
                    "an I/O thread has not moved for " + std::to_string(silence.count()) + " ms\n");
}

http::Answer OpsPort::Ready() const {
  auto findings = volume_.Check();
  {
    const std::lock_guard lock(starting_mutex_);
    findings.push_back({"started", starting_});
  }
  findings.push_back({"draining", draining_ ? "the server is stopping" : ""});
  bool ready = true;
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("checks").StartArray();
  for (const Volume::Finding& finding : findings) {
    ready = ready && finding.trouble.empty();
    out.StartObject().Key("check").Text(finding.check).Key("ok").Bool(finding.trouble.empty());
    if (!finding.trouble.empty()) out.Key("reason").Text(finding.trouble);
    out.EndObject();
  }
  out.EndArray().Key("ready").Bool(ready).EndObject();
  return TextAnswer(ready ? 200 : 503, "application/json", text + "\n");
}

}  // namespace ankisync
