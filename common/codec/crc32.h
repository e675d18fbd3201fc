// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace ankisync {

// The checksum of zip and gzip; `so_far` is that of the bytes in front.
std::uint32_t Crc32(std::string_view bytes, std::uint32_t so_far = 0);

}  // namespace ankisync
