// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/crc32.h"

#include <libdeflate.h>

namespace ankisync {

// Several times as fast as zlib's: it uses what the processor has for this.
std::uint32_t Crc32(std::string_view bytes, std::uint32_t so_far) {
  return ::libdeflate_crc32(so_far, bytes.data(), bytes.size());
}

}  // namespace ankisync
