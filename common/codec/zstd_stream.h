// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/core/byte_stream.h"

// zstd as the protocol uses it: one frame a body. Contexts are reused by the thread that frees
// them.
namespace ankisync {

inline constexpr int kZstdLevel = 1;

// Decompresses the one frame in `compressed`; what follows it is ignored, as the reference does.
// Errors: kMalformedRequest for what is no frame, a damaged one, or one that ends early; kTooLarge
// as soon as more than `bytes_max` would come out; kInternal when used after an error.
class ZstdDecompressor final : public ByteSource {
 public:
  ZstdDecompressor(std::unique_ptr<ByteSource> compressed, std::uint64_t bytes_max);
  ~ZstdDecompressor() override;
  std::size_t Read(std::span<char> into) override;

 private:
  struct State;
  void Start();
  void Refill();

  std::unique_ptr<State> state_;
};

// Compresses what it is given into a string; knows how long the text was. A short text is only
// compressed at the end: zstd needs a tenth of the work when it knows that it is short.
class ZstdStringSink final : public ByteSink {
 public:
  explicit ZstdStringSink(int level = kZstdLevel);
  ~ZstdStringSink() override;
  void Write(std::string_view bytes) override;

  std::string Finish();  // once, the last call
  std::uint64_t original_bytes() const { return original_bytes_; }

 private:
  struct State;
  const int level_;
  std::string short_text_;
  std::unique_ptr<State> state_;  // once it is not short
  std::string compressed_;
  std::uint64_t original_bytes_ = 0;
};

// Whether a frame carries a hash of its content, so that whoever decompresses it notices damage.
enum class ZstdChecksum { kNone, kContent };

// Compresses a source while it is read.
class ZstdCompressor final : public ByteSource {
 public:
  explicit ZstdCompressor(std::unique_ptr<ByteSource> plain, int level = kZstdLevel,
                          ZstdChecksum checksum = ZstdChecksum::kNone);
  ~ZstdCompressor() override;
  std::size_t Read(std::span<char> into) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string ZstdCompress(std::string_view bytes, int level = kZstdLevel);

// Reads to the end. Errors: kTooLarge beyond `bytes_max`; what the source throws.
std::string ReadAll(ByteSource& source, std::uint64_t bytes_max);

}  // namespace ankisync
