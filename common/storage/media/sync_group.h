// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "common/core/unique_fd.h"
#include "common/core/worker_pool.h"

namespace ankisync {

// fsyncs that run side by side: the file system commits them as a group, so that many cost little
// more than one. The pool's threads do nothing else; waiting for them on one of them is a deadlock.
class SyncGroup {
 public:
  explicit SyncGroup(WorkerPool& disk) : disk_(disk) {}

  void Add(UniqueFd file);  // a folder's too; closed when done
  void Wait();              // syncs all of them; throws the first failure

 private:
  WorkerPool& disk_;
  std::vector<UniqueFd> files_;
};

}  // namespace ankisync
