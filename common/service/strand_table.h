// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "common/core/ids.h"
#include "common/core/strand.h"

namespace ankisync::service {

// An account's strand, made when first asked for and gone when nobody holds it any more. Any
// thread.
class StrandTable {
 public:
  explicit StrandTable(WorkerPool& pool) : pool_(pool) {}
  std::shared_ptr<Strand> Of(AccountId account);

 private:
  void ForgetTheGone();

  WorkerPool& pool_;
  std::mutex mutex_;
  std::unordered_map<AccountId, std::weak_ptr<Strand>> strands_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace ankisync::service
