// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/zstd_stream.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr std::size_t kInputBytes = 64 * 1024;
constexpr std::size_t kShortBytes = 64 * 1024;
constexpr std::size_t kContextsKept = 2;
constexpr char kMagic[] = "\x28\xB5\x2F\xFD";

// A context costs a few hundred KB and its zeroing; threads keep a couple for the next stream.
template <typename Context, Context* (*Create)(), std::size_t (*Free)(Context*)>
class Pooled {
 public:
  Pooled() {
    auto& kept = Kept().contexts;
    if (kept.empty()) {
      context_ = Create();
      if (!context_) throw SyncError(ErrorKind::kUnavailable, "no memory for a zstd context");
    } else {
      context_ = kept.back();
      kept.pop_back();
    }
  }
  ~Pooled() {
    auto& kept = Kept().contexts;
    if (kept.size() < kContextsKept) {
      kept.push_back(context_);
    } else {
      Free(context_);
    }
  }
  Pooled(const Pooled&) = delete;
  Pooled& operator=(const Pooled&) = delete;

  Context* get() const { return context_; }

 private:
  struct Store {
    std::vector<Context*> contexts;
    ~Store() {
      for (Context* context : contexts) Free(context);
    }
  };
  static Store& Kept() {
    thread_local Store store;
    return store;
  }

  Context* context_;
};

using CompressContext = Pooled<ZSTD_CCtx, ZSTD_createCCtx, ZSTD_freeCCtx>;
using DecompressContext = Pooled<ZSTD_DCtx, ZSTD_createDCtx, ZSTD_freeDCtx>;

std::size_t Checked(std::size_t result, ErrorKind kind) {
  if (::ZSTD_isError(result)) {
    throw SyncError(kind, std::string("zstd: ") + ::ZSTD_getErrorName(result));
  }
  return result;
}

void Reset(ZSTD_CCtx* context, int level) {
  ::ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  ::ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
}

}  // namespace

struct ZstdDecompressor::State {
  DecompressContext context;
  std::unique_ptr<ByteSource> compressed;
  std::uint64_t bytes_left;
  std::unique_ptr<char[]> input = std::make_unique_for_overwrite<char[]>(kInputBytes);
  ZSTD_inBuffer unread{};
  bool started = false;
  bool frame_ended = false;
};

ZstdDecompressor::ZstdDecompressor(std::unique_ptr<ByteSource> compressed, std::uint64_t bytes_max)
    : state_(
          new State{.context = {}, .compressed = std::move(compressed), .bytes_left = bytes_max}) {
  ::ZSTD_DCtx_reset(state_->context.get(), ZSTD_reset_session_and_parameters);
}

ZstdDecompressor::~ZstdDecompressor() = default;

void ZstdDecompressor::Start() {
  std::size_t filled = 0;
  while (filled < 4) {  // a skippable frame in front is refused, so the magic is looked at here
    const std::size_t count =
        state_->compressed->Read({state_->input.get() + filled, kInputBytes - filled});
    if (count == 0) break;
    filled += count;
  }
  if (filled < 4 || std::memcmp(state_->input.get(), kMagic, 4) != 0) {
    throw SyncError(ErrorKind::kMalformedRequest, "the body is no zstd frame");
  }
  state_->unread = {state_->input.get(), filled, 0};
  state_->started = true;
}

void ZstdDecompressor::Refill() {
  const std::size_t count = state_->compressed->Read({state_->input.get(), kInputBytes});
  if (count == 0) throw SyncError(ErrorKind::kMalformedRequest, "the zstd frame ends early");
  state_->unread = {state_->input.get(), count, 0};
}

std::size_t ZstdDecompressor::Read(std::span<char> into) {
  if (!state_->started) Start();
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  while (out.pos == 0 && out.size > 0 && !state_->frame_ended) {
    if (state_->unread.pos == state_->unread.size) Refill();
    const std::size_t hint =
        Checked(::ZSTD_decompressStream(state_->context.get(), &out, &state_->unread),
                ErrorKind::kMalformedRequest);
    state_->frame_ended = hint == 0;
  }
  if (out.pos > state_->bytes_left) {
    throw SyncError(ErrorKind::kTooLarge, "the body is larger than allowed when decompressed");
  }
  state_->bytes_left -= out.pos;
  return out.pos;
}

struct ZstdStringSink::State {
  CompressContext context;
};

ZstdStringSink::ZstdStringSink(int level) : level_(level) {}

ZstdStringSink::~ZstdStringSink() = default;

namespace {

// Compresses all of `bytes`, growing `compressed` in steps of zstd's own block size.
void Append(ZSTD_CCtx* context, std::string_view bytes, ZSTD_EndDirective end,
            std::string& compressed) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t remaining;
  do {
    const std::size_t before = compressed.size();
    compressed.resize(before +
                      std::min(::ZSTD_compressBound(bytes.size()), ::ZSTD_CStreamOutSize()));
    ZSTD_outBuffer out{compressed.data() + before, compressed.size() - before, 0};
    remaining = Checked(::ZSTD_compressStream2(context, &out, &in, end), ErrorKind::kInternal);
    compressed.resize(before + out.pos);
  } while (in.pos < in.size || (end == ZSTD_e_end && remaining > 0));
}

}  // namespace

void ZstdStringSink::Write(std::string_view bytes) {
  original_bytes_ += bytes.size();
  if (original_bytes_ <= kShortBytes) {
    short_text_ += bytes;
    return;
  }
  if (!state_) {
    state_ = std::make_unique<State>();
    Reset(state_->context.get(), level_);
    Append(state_->context.get(), short_text_, ZSTD_e_continue, compressed_);
  }
  Append(state_->context.get(), bytes, ZSTD_e_continue, compressed_);
}

std::string ZstdStringSink::Finish() {
  if (!state_) return ZstdCompress(short_text_, level_);
  Append(state_->context.get(), {}, ZSTD_e_end, compressed_);
  return std::move(compressed_);
}

struct ZstdCompressor::State {
  CompressContext context;
  std::unique_ptr<ByteSource> plain;
  std::vector<char> input = std::vector<char>(kInputBytes);
  ZSTD_inBuffer unread{};
  bool plain_ended = false;
  bool frame_ended = false;
};

ZstdCompressor::ZstdCompressor(std::unique_ptr<ByteSource> plain, int level, ZstdChecksum checksum)
    : state_(new State{.context = {}, .plain = std::move(plain)}) {
  Reset(state_->context.get(), level);
  ::ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag,
                           checksum == ZstdChecksum::kContent);
}

ZstdCompressor::~ZstdCompressor() = default;

std::size_t ZstdCompressor::Read(std::span<char> into) {
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  while (out.pos == 0 && out.size > 0 && !state_->frame_ended) {
    if (state_->unread.pos == state_->unread.size && !state_->plain_ended) {
      const std::size_t count = state_->plain->Read(state_->input);
      state_->plain_ended = count == 0;
      state_->unread = {state_->input.data(), count, 0};
    }
    const auto mode = state_->plain_ended ? ZSTD_e_end : ZSTD_e_continue;
    const std::size_t remaining =
        Checked(::ZSTD_compressStream2(state_->context.get(), &out, &state_->unread, mode),
                ErrorKind::kInternal);
    state_->frame_ended = state_->plain_ended && remaining == 0;
  }
  return out.pos;
}

std::string ZstdCompress(std::string_view bytes, int level) {
  const CompressContext context;
  std::string compressed(::ZSTD_compressBound(bytes.size()), '\0');
  Reset(context.get(), level);
  const std::size_t size = Checked(::ZSTD_compress2(context.get(), compressed.data(),
                                                    compressed.size(), bytes.data(), bytes.size()),
                                   ErrorKind::kInternal);
  compressed.resize(size);
  return compressed;
}

std::string ReadAll(ByteSource& source, std::uint64_t bytes_max) {
  std::string all;
  std::array<char, 16 * 1024> piece;
  while (const std::size_t count = source.Read(piece)) {
    if (all.size() + count > bytes_max)
      throw SyncError(ErrorKind::kTooLarge, "a body is larger than allowed");
    all.append(piece.data(), count);
  }
  return all;
}

}  // namespace ankisync
