// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/service/service.h"
#include "common/storage/accounts/devices.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

namespace ankisync {

// Counts every request, notes which device was here, and logs those that were refused, as one line,
// unless their method did. With debug, the others too.
class RequestLog final : public service::Observer {
 public:
  RequestLog(const Log& log, Metrics& metrics, Devices& devices)
      : log_(log), metrics_(metrics), devices_(devices) {}

  void Started(const protocol::MethodInfo* method) override;
  void Sent(const protocol::MethodInfo* method, std::uint64_t bytes) override;
  void Ended(const service::RequestEvent& event) override;

 private:
  const Log& log_;
  Metrics& metrics_;
  Devices& devices_;
};

}  // namespace ankisync
