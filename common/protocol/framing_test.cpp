// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/framing.h"

#include <gtest/gtest.h>

#include "common/codec/zstd_stream.h"

namespace ankisync::protocol {
namespace {

std::string Plain(EncodedReply reply) {
  if (auto* text = std::get_if<std::string>(&reply.body)) return *text;
  return ReadAll(*std::get<std::unique_ptr<ByteSource>>(reply.body), 1000);
}

std::string Unframed(EncodedReply reply) {
  const auto payload = DecodePayload(std::make_unique<StringSource>(Plain(std::move(reply))), 1000);
  return ReadAll(*payload, 1000);
}

std::vector<Reply> EveryKindOfReply() {
  std::vector<Reply> replies(3);
  replies[0].payload = std::string("null");
  replies[1].payload = [](ByteSink& sink) { sink.Write("nu"), sink.Write("ll"); };
  replies[2].payload = std::make_unique<StringSource>("null");
  return replies;
}

TEST(Framing, Version11IsCompressedAndSaysTheOriginalSize) {
  for (Reply& reply : EveryKindOfReply()) {
    EncodedReply encoded = Encode(std::move(reply), 11);
    EXPECT_EQ(encoded.original_size, 4U);
    EXPECT_EQ(Unframed(std::move(encoded)), "null");
  }
}

TEST(Framing, OlderVersionsArePlainWithoutASize) {
  for (Reply& reply : EveryKindOfReply()) {
    EncodedReply encoded = Encode(std::move(reply), 10);
    EXPECT_EQ(encoded.original_size, std::nullopt);
    EXPECT_EQ(Plain(std::move(encoded)), "null");
  }
}

}  // namespace
}  // namespace ankisync::protocol
