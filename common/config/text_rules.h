// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/config/keys.h"

namespace ankisync::config {

extern const TextRule kAddressRule;   // of an interface: "0.0.0.0", "::"
extern const TextRule kBasePathRule;  // "" or "/anki"
extern const TextRule kCellNameRule;  // "" or "a"
extern const TextRule kFileRule;      // "" or "/etc/cells.yaml"
extern const TextRule kHeaderRule;    // "x-forwarded-for", "" for none
extern const TextRule kNetworkRule;   // "10.0.0.1", "fd00::/8"

}  // namespace ankisync::config
