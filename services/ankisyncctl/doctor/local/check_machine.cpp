// SPDX-License-Identifier: AGPL-3.0-or-later
#include <sys/timex.h>

#include <algorithm>
#include <array>

#include "common/codec/json_value.h"
#include "common/core/error.h"
#include "common/core/utc_text.h"
#include "common/http/descriptors.h"
#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {
namespace {

constexpr UnixMillis kWrittenAfter{1'767'225'600'000};  // 2026: no clock that is right says less

constexpr char kClockOff[] =
    "once it is off by more than 5 minutes, that the clock is not set to the correct time.";

std::string Reachable(const std::string& host) {
  if (host.find(':') != std::string::npos && host != "::") return "[" + host + "]";
  return host.empty() || host == "::" || host == "0.0.0.0" ? "localhost" : host;
}

// The findings of a server's own /readyz. False: none of our servers answers there.
bool ReadReadiness(const WebAnswer& answer, std::uint16_t port, Findings& findings) try {
  if (!answer.is_whole()) return false;
  const json::Document document = json::Document::Parse(answer.body);
  const json::Value* const ready = document.root().Find("ready");
  const json::Value* const checks = document.root().Find("checks");
  if (!ready || !checks) return false;
  const std::string server = "The server with the ops port " + std::to_string(port);
  if (ready->boolean()) {
    findings.push_back({Severity::kOk, "servers", server + " is ready.", "", ""});
    return true;
  }
  for (const json::Value& check : checks->items()) {
    const json::Value* const reason = check.Find("reason");
    if (!reason) continue;
    findings.push_back({Severity::kError, "servers",
                        server + " is not ready: " + std::string(reason->text()) + ".",
                        "\"AnkiWeb encountered a problem. Please try again in a few minutes.\"",
                        "Its log says more."});
  }
  return true;
} catch (const SyncError&) {
  return false;
}

}  // namespace

void CheckClock(UnixMillis now, Findings& findings) {
  if (now < kWrittenAfter) {
    findings.push_back({Severity::kError, "clock", "The clock says " + UtcText(now) + ".",
                        "that the clock is not set to the correct time.",
                        "timedatectl set-ntp true"});
    return;
  }
  timex state{};
  const int kept = ::adjtimex(&state);
  if (kept == TIME_ERROR) {
    findings.push_back({Severity::kNote, "clock",
                        "Nothing on this machine says that it keeps the clock right. It says " +
                            UtcText(now) + ".",
                        kClockOff, "timedatectl set-ntp true"});
  } else {
    findings.push_back({Severity::kOk, "clock", "The clock says " + UtcText(now) + ".", "", ""});
  }
}

void CheckDescriptors(const Config& config, Findings& findings) {
  http::Limits limits;
  limits.connections_max = config.limits.connections;
  const std::size_t room = http::PlanDescriptors(limits).connections_max;
  if (room >= limits.connections_max) {
    findings.push_back({Severity::kOk, "descriptors",
                        "A server may hold " + std::to_string(room) + " connections.", "", ""});
    return;
  }
  findings.push_back({Severity::kWarning, "descriptors",
                      "A server that is started from here may hold " + std::to_string(room) +
                          " connections, not the " + std::to_string(limits.connections_max) +
                          " of limits.connections: it may open too few files.",
                      "with very many people at once, that the server encountered a problem.",
                      "systemd: LimitNOFILE=65536\n"
                      "Docker Compose: ulimits: {nofile: 65536}\n"
                      "a shell: ulimit -n 65536"});
}

void CheckServers(const Config& config, const Web& web, Findings& findings) {
  std::array<std::uint16_t, 4> ports = {config.ops.port, DefaultsFor(Program::kAnkisyncd).ops.port,
                                        DefaultsFor(Program::kCollectionSync).ops.port,
                                        DefaultsFor(Program::kMediaSync).ops.port};
  std::ranges::sort(ports);
  bool is_any = false;
  for (auto port = ports.begin(); port != ports.end(); ++port) {
    if (*port == 0 || (port != ports.begin() && *port == *std::prev(port))) continue;
    const std::string url =
        "http://" + Reachable(config.ops.host) + ":" + std::to_string(*port) + "/readyz";
    is_any |= ReadReadiness(web({.url = url, .verb = "GET"}), *port, findings);
  }
  if (!is_any) {
    findings.push_back({Severity::kNote, "servers",
                        "No server of ours answers here on an ops port (ops.port).", "",
                        "Is it started? systemctl status ankisyncd; docker compose ps"});
  }
}

}  // namespace ankisync::doctor
