// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/http/application.h"
#include "common/storage/volume/volume.h"
#include "common/telemetry/metrics.h"

namespace ankisync {

// What the ops port serves; never exposed to clients.
//
//   /livez    whether a restart would help; touches no disk
//   /readyz   whether clients should come
//   /metrics  Prometheus text
//   /version  the version and the revision, as text
//
// The first two are 200 or 503, with JSON: {"live":true,"checks":[{"check":"…","ok":false,
// "reason":"…"},…]}.
class OpsPort final : public http::Application {
 public:
  using Findings = std::vector<Volume::Finding>;

  // `liveness` is asked on an I/O thread: at once.
  OpsPort(const Volume& volume, Metrics& metrics, std::string version,
          std::function<Findings()> liveness)
      : volume_(volume),
        metrics_(metrics),
        version_(std::move(version)),
        liveness_(std::move(liveness)) {}

  // Not ready, and why: `what` is going on. Empty: that is over. Any thread.
  void SayStarting(std::string what);
  void BeginDrain() { draining_ = true; }

  std::variant<http::Answer, http::Accepted> Admit(const http::RequestHead& head) override;

 private:
  Findings Readiness() const;

  const Volume& volume_;
  Metrics& metrics_;
  const std::string version_;
  const std::function<Findings()> liveness_;
  std::atomic<bool> draining_ = false;
  mutable std::mutex starting_mutex_;
  std::string starting_;
};

}  // namespace ankisync
