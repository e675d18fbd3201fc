// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/strand_table.h"

#include <algorithm>

namespace ankisync::service {

std::shared_ptr<Strand> StrandTable::Of(AccountId account) {
  const std::lock_guard lock(mutex_);
  std::weak_ptr<Strand>& known = strands_[account];
  if (auto strand = known.lock()) return strand;
  auto strand = Strand::Create(pool_);
  known = strand;
  if (strands_.size() > sweep_at_) ForgetTheGone();
  return strand;
}

void StrandTable::ForgetTheGone() {
  std::erase_if(strands_, [](const auto& entry) { return entry.second.expired(); });
  sweep_at_ = std::max<std::size_t>(1024, strands_.size() * 2);
}

}  // namespace ankisync::service
