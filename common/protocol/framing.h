// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "common/core/byte_stream.h"
#include "common/protocol/request.h"
#include "common/protocol/sync_header.h"

// How requests and replies are wrapped. Version 11: the keys in the `anki-sync` header, the body
// one zstd frame both ways. A request with that header and a version of 8 to 10 is read like 11 and
// answered plain, like a legacy one.
namespace ankisync::protocol {

// The payload of a request whose keys came in the header. `bytes_max` bounds it decompressed.
std::unique_ptr<ByteSource> DecodePayload(std::unique_ptr<ByteSource> body,
                                          std::uint64_t bytes_max);

struct EncodedReply {
  std::variant<std::string, std::unique_ptr<ByteSource>> body;
  // The `anki-original-size` header: without it a version 11 client takes a success for an error.
  std::optional<std::uint64_t> original_size;
};

// Calls a Produce. Errors: what it throws; kInternal for a stream of unknown size.
EncodedReply Encode(Reply reply, int version);

}  // namespace ankisync::protocol
