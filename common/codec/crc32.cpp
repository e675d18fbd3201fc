// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/crc32.h"

#include <zlib.h>

namespace ankisync {

std::uint32_t Crc32(std::string_view bytes, std::uint32_t so_far) {
  return static_cast<std::uint32_t>(
      ::crc32_z(so_far, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace ankisync
