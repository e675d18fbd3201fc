// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace ankisync {

// For tests alone: what an old client makes of a payload. The server never writes gzip.
inline std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWrapper = 16;
  z_stream stream{};
  ::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWrapper + MAX_WBITS, 8,
                 Z_DEFAULT_STRATEGY);
  std::string compressed(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const bool done = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  compressed.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (!done) throw std::runtime_error("gzip");
  return compressed;
}

}  // namespace ankisync
