// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "common/cells/cells.h"
#include "common/config/config.h"
#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/process/request_log.h"
#include "common/service/service.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/authenticator.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/accounts/login_desk.h"
#include "common/storage/volume/spool.h"
#include "common/storage/volume/volume.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

// What every server program has, built from its configuration in this order; each part may use
// those above it.
namespace ankisync {

class Host {
 public:
  // Errors: SyncError, with a sentence that says what to do.
  Host(const Config& config, Program program, std::string version);

  const Config& config() const { return config_; }
  const Clock& clock() const { return clock_; }
  Log& log() { return log_; }
  Metrics& metrics() { return metrics_; }
  const Volume& volume() const { return volume_; }
  const Spool& spool() const { return spool_; }
  Accounts& accounts() { return accounts_; }
  Holds& holds() { return holds_; }
  Devices& devices() { return devices_; }
  LoginDesk& logins() { return login_desk_; }
  const Cells* cells() const { return cells_.get(); }  // nullptr: there is only this one
  // The file of cells, when it changed. Once a second.
  void ReloadCells();
  WorkerPool& work() { return work_; }
  // Runs what was posted to the pools, and nothing after it.
  void StopWork();
  // Accounts and devices, now and then, for the metrics.
  void CountUsers();
  service::Service& service() { return service_; }

 private:
  void ServePages();
  void ProvideReadings();
  void ProvideSqliteErrors();
  std::unique_ptr<Cells> OpenCells() const;
  // Of whom another cell has.
  std::optional<service::Caller> AuthenticateElsewhere(std::string_view hkey,
                                                       const Identity* known);
  std::optional<service::Caller> Authenticate(std::string_view hkey);
  std::vector<EnvironmentAccount> AdoptEnvironment(Program program);

  const Config config_;
  const SystemClock clock_;
  Log log_;
  const UnixMillis started_ = clock_.Now();
  std::array<std::atomic<std::size_t>, 2> users_{};    // enabled, others
  std::array<std::atomic<std::int64_t>, 4> logins_{};  // those of DeviceCounts
  Metrics metrics_;
  Volume volume_;
  Spool spool_;
  SharedDatabase auth_;
  SharedDatabase sessions_;
  Devices devices_;
  Accounts accounts_;
  Holds holds_;
  Authenticator authenticator_;
  const std::unique_ptr<Cells> cells_;
  const service::ClientAddresses addresses_;
  LoginDesk login_desk_;
  RequestLog request_log_;
  WorkerPool work_;
  WorkerPool login_pool_;
  service::Service service_;
};

// Those that the configuration names, which are the official server's variables.
std::vector<EnvironmentAccount> EnvironmentAccountsOf(const Config& config);

// One of the services that a program hosts.
class Part {
 public:
  virtual ~Part() = default;
  virtual void EverySecond() = 0;
  // Whether nobody is in the middle of anything that a stop would undo.
  virtual bool IsQuiet() const = 0;
  // The time to end is over: what works on without anybody waiting for it gives up soon.
  virtual void GiveUp() {}
};

}  // namespace ankisync
