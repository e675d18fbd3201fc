// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/snapshots/undo.h"

namespace ankisync::sync {

// Makes undo in the background, one user at a time, on a thread of its own to which the system
// prefers others: no sync waits for it.
// What failed (a full disk) is tried again; until then the replaced file itself is kept.
// Threads: any.
class UndoKeeper {
 public:
  struct Observer {  // on the keeper's thread; must not throw
    std::function<void(const std::string& user_folder, const UndoTended&)> on_tended;
    std::function<void(const std::string& user_folder, const std::string& reason)> on_failure;
  };
  static constexpr std::chrono::minutes kRetry{10};

  UndoKeeper(const Clock& clock, const UndoRules& rules, Observer observer);
  ~UndoKeeper();  // finishes what it is in the middle of
  UndoKeeper(const UndoKeeper&) = delete;
  UndoKeeper& operator=(const UndoKeeper&) = delete;

  // This user's undo wants looking after. At once; several calls may become one.
  void Ask(const std::filesystem::path& user_folder, UndoDue due);

  // From now on nothing is begun; what is asked for comes with a later change. For a server that
  // stops, which closes all collections.
  void Stop() { is_stopping_ = true; }

  // Asks anew for what failed long enough ago. Called now and then.
  void Retry();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void Tend(const std::filesystem::path& user_folder);

  const Clock& clock_;
  UndoRules rules_;
  Observer observer_;
  std::atomic<bool> is_stopping_ = false;
  std::mutex mutex_;
  std::map<std::filesystem::path, Time> failed_;
  std::map<std::filesystem::path, UndoDue> asked_;
  WorkerPool thread_{1};  // ends first
};

}  // namespace ankisync::sync
