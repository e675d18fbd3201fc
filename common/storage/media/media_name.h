// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace ankisync {

inline constexpr std::size_t kMediaNameBytesMax = 255;

// Why a file of this name cannot be added; nullptr when it can. A refused batch comes again at
// every sync, so only what no client can have meant is refused: names that are no file's anywhere,
// and spellings that are not NFC, which the client would count apart from ours. Names are opaque
// otherwise: case, device names, emoji, trailing dots pass. Deletions are never asked.
// Source: docs/protocol.md, media, 3.2.
const char* WhyNotAddable(std::string_view name);

}  // namespace ankisync
