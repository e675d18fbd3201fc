// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/telemetry/words.h"

namespace ankisync {

// What is not counted but looked at when somebody scrapes. The comment names the label, if any.
enum class Reading {
  kConnections,          // now
  kConnectionsAccepted,  // since the start
  kHttpRejected,         // since the start; reason: what the HTTP layer refused or cut by itself
  kHttpReceivedBytes,    // since the start
  kHttpSentBytes,        // since the start
  kBodyMemoryBytes,      // now
  kBodySpoolBytes,       // now
  kSessionsActive,       // now
  kUsers,                // now; state
  kDevices,              // now; last_used
  kDevicesRevoked,       // since the start
  kOpenCollections,      // now
  kWalBytes,             // now
  kSqliteBusy,           // since the start
  kSqliteErrors,         // since the start; code
  kFreeBytes,            // now
  kPoolQueue,            // now; pool
  kLogLines,             // since the start; level
  kStorageBytes,         // kind; NaN: not known yet
  kBackupSuccess,        // Unix time; NaN: never
  kVerifySuccess,        // likewise
  kBackupAttempt,        // likewise
  kBackupSeconds,        // NaN: never
  kBackupBytes,          // NaN: never
  kBackupFailures,       // ever; stage
};

// A program's numbers for Prometheus: ankisync_…, base units, small fixed label sets that begin at
// 0, durations in fixed buckets with edges at a client's time-outs (20, 30 and 60 s). The label of
// a protocol method is `method`, since Kubernetes' scrapers claim `service` and `endpoint`. Nothing
// is labelled by user unless Options says so.
//
// Any thread. An event costs an atomic addition, or a short lock for a duration; every label's
// child is found at construction.
class Metrics {
 public:
  using Seconds = std::chrono::duration<double>;

  struct Options {
    std::string version;
    std::string revision;
    int sync_protocol_max = 0;  // the newest that is spoken
    // The labels of the methods that this program serves, for example "sync/meta"; an event names
    // one by its place. Empty: not served here, counted as "other", like kNoMethod.
    std::vector<std::string> methods;
    std::size_t users = 0;  // how many users may have series of their own
  };

  Metrics(const Options& options, const Clock& clock);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  static constexpr std::size_t kNoMethod = static_cast<std::size_t>(-1);

  struct EndedRequest {
    std::size_t method = kNoMethod;
    int status = 0;
    Seconds duration{};                // from its head to its answer
    std::uint64_t received_bytes = 0;  // of its body, as sent
    std::optional<ErrorKind> refused;
  };
  void RequestStarted(std::size_t method);  // in flight until RequestEnded
  void RequestEnded(const EndedRequest& request);
  void AnswerSent(std::size_t method, std::uint64_t bytes);  // of a body: whole, or a piece of it

  void SyncStarted(SyncKind kind);
  void SyncEnded(SyncKind kind, SyncOutcome outcome, Seconds duration, std::string_view user);
  void ObjectsMoved(Direction direction, ObjectKind kind, std::uint64_t count);
  void SanityMismatch(SanityField field);
  void OneWayForced(OneWayReason reason);

  // Who begins a sync: by the name that it gives itself.
  void ClientSeen(std::string_view client, int protocol_version);

  void Login(LoginResult result);
  void PasswordHashed(Seconds duration);

  void MediaFiles(MediaOperation operation, std::uint64_t count);
  void MediaBytes(Direction direction, std::uint64_t bytes);
  void MediaSanityFailed();

  void QuotaExceeded(QuotaKind kind);

  void CollectionOpened(Seconds duration);
  void Checkpoint(Seconds duration);
  void SnapshotMade(SnapshotReason reason);
  void PoolWaited(PoolName pool, Seconds duration);  // from a task's posting to its start

  // From now on `read` gives a value's present state: quick, from memory, any thread, throwing
  // nothing, for as long as Exposition() may be called. What is never provided is not exposed.
  void Provide(Reading reading, std::function<double()> read, std::string_view label = {});

  // The text of /metrics, format version 0.0.4.
  std::string Exposition();

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace ankisync
