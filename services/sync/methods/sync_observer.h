// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/telemetry/words.h"
#include "services/sync/session/traffic.h"

namespace ankisync::sync {

// One attempt to sync that ended.
struct SyncEvent {
  SyncKind kind = SyncKind::kNormal;
  std::string user;
  std::string client;
  SyncOutcome outcome = SyncOutcome::kOk;
  std::string reason;       // for the operator; empty when all went well
  std::string_view method;  // of its last request
  std::uint64_t request = 0;
  std::chrono::steady_clock::time_point began{};
  std::chrono::steady_clock::duration duration{};
  Traffic traffic;
};

// Told what becomes of syncs, from any thread. What it does must not throw.
class SyncObserver {
 public:
  virtual ~SyncObserver() = default;
  virtual void Started(SyncKind kind) = 0;
  virtual void Ended(const SyncEvent& event) = 0;  // once for each that started
  virtual void OneWayForced(OneWayReason reason) = 0;
  virtual void CountDiffers(SanityField field) = 0;  // in a sanity check that failed
  virtual void QuotaExceeded() = 0;                  // a client is told so
  virtual void Asked(std::string_view client, int protocol_version) = 0;  // `meta`
};

}  // namespace ankisync::sync
