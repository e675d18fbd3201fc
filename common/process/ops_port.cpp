// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/ops_port.h"

#include <algorithm>

#include "common/codec/json_writer.h"
#include "common/process/revision.h"

namespace ankisync {
namespace {

http::Answer TextAnswer(int status, const char* type, std::string text) {
  http::Answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", type}};
  answer.body = std::move(text);
  return answer;
}

http::Answer Verdict(std::string_view word, const OpsPort::Findings& findings) {
  const bool all_well = std::ranges::all_of(
      findings, [](const Volume::Finding& finding) { return finding.trouble.empty(); });
  std::string text;
  json::Writer out(text);
  out.StartObject().Key(word).Bool(all_well).Key("checks").StartArray();
  for (const Volume::Finding& finding : findings) {
    out.StartObject().Key("check").Text(finding.check).Key("ok").Bool(finding.trouble.empty());
    if (!finding.trouble.empty()) out.Key("reason").Text(finding.trouble);
    out.EndObject();
  }
  out.EndArray().EndObject();
  return TextAnswer(all_well ? 200 : 503, "application/json", text + "\n");
}

}  // namespace

std::variant<http::Answer, http::Accepted> OpsPort::Admit(const http::RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD")
    return TextAnswer(405, "text/plain", "GET only\n");
  if (head.path == "/livez") return Verdict("live", liveness_());
  if (head.path == "/readyz") return Verdict("ready", Readiness());
  if (head.path == "/metrics")
    return TextAnswer(200, "text/plain; version=0.0.4", metrics_.Exposition());
  if (head.path == "/version")
    return TextAnswer(200, "text/plain", version_ + " " + std::string(Revision()) + "\n");
  return TextAnswer(404, "text/plain", "/livez /readyz /metrics /version\n");
}

void OpsPort::SayStarting(std::string what) {
  const std::lock_guard lock(starting_mutex_);
  starting_ = std::move(what);
}

OpsPort::Findings OpsPort::Readiness() const {
  Findings findings = volume_.Check();
  {
    const std::lock_guard lock(starting_mutex_);
    findings.push_back({"started", starting_});
  }
  findings.push_back({"draining", draining_ ? "the server is stopping" : ""});
  return findings;
}

}  // namespace ankisync
