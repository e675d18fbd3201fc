// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>

#include "common/core/unique_fd.h"
#include "common/core/worker_pool.h"

namespace ankisync {

// fsyncs that run side by side: the file system commits them as a group, so that many cost little
// more than one. The pool's threads do nothing else; waiting for them on one of them is a deadlock.
class SyncGroup {
 public:
  explicit SyncGroup(WorkerPool& disk) : disk_(disk) {}
  ~SyncGroup();  // waits
  SyncGroup(const SyncGroup&) = delete;
  SyncGroup& operator=(const SyncGroup&) = delete;

  void Add(UniqueFd file);  // a folder's too; closed when done
  void Wait();              // throws the first failure

 private:
  void WaitForAll();

  WorkerPool& disk_;
  std::mutex mutex_;
  std::condition_variable all_done_;
  std::size_t left_ = 0;
  std::exception_ptr failure_;
};

}  // namespace ankisync
