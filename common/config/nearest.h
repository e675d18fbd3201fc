// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ankisync::config {

// The name that somebody who wrote `wrong` most likely meant: the one with the fewest letters to
// add, drop or change. `names` is not empty.
const std::string& Nearest(std::string_view wrong, std::span<const std::string> names);

}  // namespace ankisync::config
