// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/codec/spooled_bytes.h"
#include "common/core/byte_stream.h"

namespace ankisync {

// A zip archive from outside. The directory at its end decides what there is: sizes in local
// headers may be absent (streaming writers) or lie. Bytes in front of the archive and a comment
// behind it are accepted; methods are stored and deflate.
//
// Memory: a few buffers, whatever the archive says. Threads: any, a source by one at a time.
// Errors: kMalformedRequest for what is no archive or does not hold together.
class ZipReader {
 public:
  struct Member {
    std::uint64_t local_header = 0;  // where it begins
    std::uint64_t stored_bytes = 0;
    std::uint64_t size = 0;  // of the content, as announced
    std::uint32_t crc32 = 0;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
  };

  explicit ZipReader(const SpooledBytes& bytes);

  // For each name its member; of several with one name the last.
  std::vector<std::optional<Member>> Find(std::span<const std::string> names) const;

  // The content: exactly as long as announced, and at its end proven by its CRC.
  std::unique_ptr<ByteSource> Open(const Member& member) const;

 private:
  const SpooledBytes& bytes_;
  std::uint64_t directory_ = 0;  // where it begins
  std::uint64_t directory_end_ = 0;
  std::uint64_t archive_ = 0;  // where what the directory calls offset 0 is
  std::size_t entries_ = 0;
};

}  // namespace ankisync
