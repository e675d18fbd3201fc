// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "common/http/application.h"
#include "common/storage/volume/volume.h"
#include "common/telemetry/metrics.h"

namespace ankisync {

// What the ops port serves; never exposed to clients.
//
//   /livez    200 while the I/O threads move; touches no disk
//   /readyz   JSON, an entry per check; 200 when all passed, else 503
//   /metrics  Prometheus text
//   /version  the version, as text
class OpsPort final : public http::Application {
 public:
  OpsPort(const Volume& volume, Metrics& metrics, std::string version,
          std::function<std::chrono::milliseconds()> longest_silence)
      : volume_(volume),
        metrics_(metrics),
        version_(std::move(version)),
        longest_silence_(std::move(longest_silence)) {}

  // Not ready, and why: `what` is going on. Empty: that is over. Any thread.
  void SayStarting(std::string what);
  void BeginDrain() { draining_ = true; }

  std::variant<http::Answer, http::Accepted> Admit(const http::RequestHead& head) override;

 private:
  http::Answer Live() const;
  http::Answer Ready() const;

  const Volume& volume_;
  Metrics& metrics_;
  const std::string version_;
  const std::function<std::chrono::milliseconds()> longest_silence_;
  std::atomic<bool> draining_ = false;
  mutable std::mutex starting_mutex_;
  std::string starting_;
};

}  // namespace ankisync
