// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace ankisync {

// Asks the ops port of the server on this machine, for containers that have no curl: `path` is
// "/readyz" or "/livez", `host` what the port listens on. Prints the answer. True: 200.
bool IsHealthy(const std::string& host, std::uint16_t port, std::string_view path,
               std::ostream& out);

}  // namespace ankisync
