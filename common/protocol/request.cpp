// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/request.h"

#include "common/codec/zstd_stream.h"

namespace ankisync::protocol {

json::Document ReadJson(Request& request, std::uint64_t bytes_max) {
  return json::Document::Parse(ReadAll(*request.payload, bytes_max));
}

}  // namespace ankisync::protocol
