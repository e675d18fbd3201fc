// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/framing.h"

#include <type_traits>

#include "common/codec/zstd_stream.h"
#include "common/core/error.h"

namespace ankisync::protocol {
namespace {

class StringSink final : public ByteSink {
 public:
  void Write(std::string_view bytes) override { text += bytes; }
  std::string text;
};

EncodedReply EncodePlain(Reply::Text text) { return {std::move(text), std::nullopt}; }

EncodedReply EncodePlain(const Reply::Produce& produce) {
  StringSink sink;
  produce(sink);
  return {std::move(sink.text), std::nullopt};
}

EncodedReply EncodePlain(Reply::Stream stream) { return {std::move(stream), std::nullopt}; }

EncodedReply EncodeDirect(const Reply::Text& text) { return {ZstdCompress(text), text.size()}; }

EncodedReply EncodeDirect(const Reply::Produce& produce) {
  ZstdStringSink sink;
  produce(sink);
  std::string compressed = sink.Finish();
  return {std::move(compressed), sink.original_bytes()};
}

EncodedReply EncodeDirect(Reply::Stream stream) {
  const auto size = stream->size();
  if (!size) throw SyncError(ErrorKind::kInternal, "a reply of unknown size");
  return {std::make_unique<ZstdCompressor>(std::move(stream)), size};
}

}  // namespace

std::unique_ptr<ByteSource> DecodePayload(std::unique_ptr<ByteSource> body,
                                          std::uint64_t bytes_max) {
  return std::make_unique<ZstdDecompressor>(std::move(body), bytes_max);
}

EncodedReply Encode(Reply reply, int version) {
  const bool direct = version > kVersionLegacy;
  return std::visit(
      [direct](auto payload) {
        return direct ? EncodeDirect(std::move(payload)) : EncodePlain(std::move(payload));
      },
      std::move(reply.payload));
}

}  // namespace ankisync::protocol
