// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Sizes as people read and write them. A MiB is 1024 KiB; so is what they call an MB.
namespace ankisync {

std::string SizeText(std::int64_t bytes);  // "95.3 MiB", "512 bytes"

// "104857600", "100MiB", "100 MB", "2g". Nothing for what is none, or beyond 64 bits.
std::optional<std::int64_t> ParseSize(std::string_view text);

}  // namespace ankisync
