// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "common/core/byte_stream.h"
#include "common/core/unique_fd.h"

namespace ankisync {

// The bytes of a stream, kept so that they can be read at any place, several times: in memory while
// they are few, beyond that in a file without a name. Threads: any may read.
class SpooledBytes {
 public:
  // Reads `source` to its end. Errors: kUnavailable when the disk is full; what the source throws.
  SpooledBytes(ByteSource& source, const std::filesystem::path& folder,
               std::size_t memory_bytes_max);

  std::uint64_t size() const { return size_; }

  // Fills `into`. All of it must lie within size().
  void ReadAt(std::uint64_t offset, std::span<char> into) const;

 private:
  std::string memory_;  // all of it, when there is no file
  UniqueFd file_;
  std::uint64_t size_ = 0;
};

}  // namespace ankisync
