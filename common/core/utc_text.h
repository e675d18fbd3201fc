// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "common/core/ids.h"

namespace ankisync {

// "2026-11-24T08:10:15Z"
std::string UtcText(UnixMillis time);

// "20261124T081015Z": in names of files, where some systems take no colon.
std::string CompactUtcText(UnixMillis time);
std::optional<UnixSeconds> ParseCompactUtcText(const std::string& text);

}  // namespace ankisync
