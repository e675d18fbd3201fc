// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/core/ids.h"

namespace ankisync {

// "2026-11-24T08:10:15Z"
std::string UtcText(UnixMillis time);

}  // namespace ankisync
