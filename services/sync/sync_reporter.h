// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "services/sync/methods/sync_observer.h"

namespace ankisync::sync {

// Tells of syncs: a log line for each that ended, and numbers. Any thread.
class SyncReporter final : public SyncObserver {
 public:
  SyncReporter(const Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void Started(SyncKind kind) override { metrics_.SyncStarted(kind); }
  void OneWayForced(OneWayReason reason) override { metrics_.OneWayForced(reason); }
  void CountDiffers(SanityField field) override { metrics_.SanityMismatch(field); }
  void QuotaExceeded() override { metrics_.QuotaExceeded(QuotaKind::kCollection); }
  void Asked(std::string_view client, int protocol_version) override {
    metrics_.ClientSeen(client, protocol_version);
  }

  void Ended(const SyncEvent& event) override {
    metrics_.SyncEnded(event.kind, event.outcome, event.duration, event.user);
    const bool ok = event.outcome == SyncOutcome::kOk;
    if (ok) {
      Count(Direction::kReceived, event.traffic.received);
      Count(Direction::kSent, event.traffic.sent);
    }
    log_.Write(ok ? LogLevel::kInfo : LogLevel::kWarning, ok ? "✅ SYNC SUCCESS" : "❌ SYNC FAILED",
               {{"user", event.user},
                {"kind", WordOf(event.kind)},
                {"outcome", WordOf(event.outcome)},
                {"client", event.client},
                {"seconds", std::chrono::duration<double>(event.duration).count()},
                {"received", event.traffic.received.all_objects()},
                {"received_bytes", event.traffic.received.bytes},
                {"sent", event.traffic.sent.all_objects()},
                {"sent_bytes", event.traffic.sent.bytes},
                {"reason", event.reason},
                {"method", event.method},
                {"request", event.request}});
  }

 private:
  void Count(Direction direction, const Moved& moved) {
    for (std::size_t i = 0; i < moved.objects.size(); ++i)
      metrics_.ObjectsMoved(direction, static_cast<ObjectKind>(i), moved.objects[i]);
  }

  const Log& log_;
  Metrics& metrics_;
};

}  // namespace ankisync::sync
