// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/storage/accounts/quota.h"
#include "common/storage/media/media_index.h"

namespace ankisync::media {

struct PlannedChange {
  std::string name;
  std::optional<std::int64_t> bytes;  // nothing: a deletion
};

// How many of the changes, from the front, an account has room for. A deletion always has, and so
// has what makes nothing larger. Several processes that take changes at the same instant may pass
// the bound by one upload each.
std::size_t CountFitting(std::span<const PlannedChange> changes, const Quota& quota,
                         MediaIndex& index);

}  // namespace ankisync::media
