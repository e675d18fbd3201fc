// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "common/core/byte_stream.h"

// gzip as clients before 2.1.57 use it: one member a payload.
namespace ankisync {

// Decompresses the one member in `compressed`; what follows it is ignored, as the reference does.
// Errors: kMalformedRequest for what is no gzip, a damaged one, or one that ends early; kTooLarge
// as soon as more than `bytes_max` would come out; kInternal when used after an error.
class GzipDecompressor final : public ByteSource {
 public:
  GzipDecompressor(std::unique_ptr<ByteSource> compressed, std::uint64_t bytes_max);
  ~GzipDecompressor() override;
  std::size_t Read(std::span<char> into) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ankisync
