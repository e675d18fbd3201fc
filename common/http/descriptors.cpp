// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace ankisync::http {

DescriptorPlan PlanDescriptors(const Limits& limits) {
  const rlim_t wanted = limits.descriptors_reserved + 2 * limits.connections_max;
  rlimit allowed{};
  ::getrlimit(RLIMIT_NOFILE, &allowed);
  // All that is allowed, not just what is wanted: Pistache accepts before we can refuse, and a
  // flood shall not leave the databases without descriptors.
  allowed.rlim_cur = allowed.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &allowed);
  ::getrlimit(RLIMIT_NOFILE, &allowed);
  const rlim_t available = std::min(allowed.rlim_cur, wanted);
  const rlim_t reserved = std::min<rlim_t>(limits.descriptors_reserved, available / 2);
  const rlim_t connections = std::min<rlim_t>(limits.connections_max, (available - reserved) / 2);
  return {static_cast<std::size_t>(connections), static_cast<int>(reserved + connections)};
}

}  // namespace ankisync::http
