// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>

#include "common/http/limits.h"

namespace ankisync::http {

// How many connections the process has descriptors for, and where our copies of theirs begin.
//
// Pistache gives a connection to the worker `descriptor % workers`. If our copy took the next free
// number, every accepted one would be even and half the workers idle: copies live above all that is
// accepted.
struct DescriptorPlan {
  std::size_t connections_max;
  int copies_from;
};

// Raises the soft limit of the process to the hard one.
DescriptorPlan PlanDescriptors(const Limits& limits);

}  // namespace ankisync::http
