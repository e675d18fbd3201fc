// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/service/service.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

namespace ankisync {

// Counts every request, and logs those that were refused: once, as one line. With debug, the others
// too.
class RequestLog final : public service::Observer {
 public:
  RequestLog(const Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void Started(const protocol::MethodInfo* method) override;
  void Ended(const service::RequestEvent& event) override;

 private:
  const Log& log_;
  Metrics& metrics_;
};

}  // namespace ankisync
