// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/storage/accounts/quota.h"
#include "common/storage/volume/volume.h"

namespace ankisync::ctl {

// What an account fills, while servers use it or not. Makes nothing: an account without data has
// none. The collection's is the size of its file.
Usage UsageOf(const Volume& volume, const std::string& folder);

// "12.3 MiB of 100.0 MiB", "12.3 MiB"
std::string OfBound(std::int64_t used, std::optional<std::int64_t> bound,
                    std::string (*text)(std::int64_t));

std::string CountText(std::int64_t count);

}  // namespace ankisync::ctl
