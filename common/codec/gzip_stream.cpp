// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr std::size_t kInputBytes = 64 * 1024;
constexpr int kGzipWindowBits = 16 + MAX_WBITS;  // a gzip wrapper, and no other

uInt Clipped(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

Bytef* Bytes(char* text) { return reinterpret_cast<Bytef*>(text); }

[[noreturn]] void ThrowDamaged(const z_stream& stream, int code) {
  if (code == Z_MEM_ERROR) throw SyncError(ErrorKind::kUnavailable, "no memory for zlib");
  const auto kind = code == Z_STREAM_ERROR ? ErrorKind::kInternal : ErrorKind::kMalformedRequest;
  throw SyncError(kind, std::string("gzip: ") + (stream.msg ? stream.msg : ::zError(code)));
}

}  // namespace

struct GzipDecompressor::State {
  State(std::unique_ptr<ByteSource> source, std::uint64_t bytes_max)
      : compressed(std::move(source)), bytes_left(bytes_max) {
    if (const int code = ::inflateInit2(&stream, kGzipWindowBits); code != Z_OK)
      ThrowDamaged(stream, code);
  }
  ~State() { ::inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void Refill() {
    const std::size_t count = compressed->Read(input);
    if (count == 0) throw SyncError(ErrorKind::kMalformedRequest, "the gzip stream ends early");
    stream.next_in = Bytes(input.data());
    stream.avail_in = static_cast<uInt>(count);
  }

  std::unique_ptr<ByteSource> compressed;
  std::uint64_t bytes_left;
  z_stream stream{};
  std::vector<char> input = std::vector<char>(kInputBytes);
  bool ended = false;
};

GzipDecompressor::GzipDecompressor(std::unique_ptr<ByteSource> compressed, std::uint64_t bytes_max)
    : state_(std::make_unique<State>(std::move(compressed), bytes_max)) {}

GzipDecompressor::~GzipDecompressor() = default;

std::size_t GzipDecompressor::Read(std::span<char> into) {
  z_stream& stream = state_->stream;
  stream.next_out = Bytes(into.data());
  stream.avail_out = Clipped(into.size());
  const uInt room = stream.avail_out;
  while (stream.avail_out == room && room > 0 && !state_->ended) {
    if (stream.avail_in == 0) state_->Refill();
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    state_->ended = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) ThrowDamaged(stream, code);
  }
  const std::size_t count = room - stream.avail_out;
  if (count > state_->bytes_left) {
    throw SyncError(ErrorKind::kTooLarge, "the body is larger than allowed when decompressed");
  }
  state_->bytes_left -= count;
  return count;
}

}  // namespace ankisync
