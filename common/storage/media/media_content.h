// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>

#include "common/core/hash.h"

namespace ankisync {

// What a media file holds. The SHA-1 is what clients compare and the name of the blob; the CRC-32
// goes into zips, so that a download's length and headers are known before a byte is read.
struct MediaContent {
  Sha1Digest sha1{};
  std::uint32_t crc32 = 0;
  std::uint64_t size = 0;  // bytes, never 0 in the index

  bool operator==(const MediaContent&) const = default;
};

}  // namespace ankisync
