// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace ankisync {

// `bytes` bytes of the system's randomness as lowercase hex: 32 bytes make a key nobody can guess,
// 8 a name nobody has.
std::string RandomToken(std::size_t bytes = 8);

}  // namespace ankisync
