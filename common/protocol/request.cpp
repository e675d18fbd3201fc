// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/request.h"

#include <limits>

#include "common/codec/zstd_stream.h"

namespace ankisync::protocol {

json::Document ReadJson(Request& request) {
  return json::Document::Parse(
      ReadAll(*request.payload, std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace ankisync::protocol
