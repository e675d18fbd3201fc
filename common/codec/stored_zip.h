// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/core/byte_stream.h"

namespace ankisync {

// A zip archive of members that are stored as they are, made while it is read. Its length follows
// from names and sizes, before a byte of content was opened:
//   sum of (30 + name + size) + (46 + name), plus 22.
// Errors: kTooLarge at 4 GiB, the format's bound; kUnavailable while reading when a content is not
// as long as said; what `open` and its source throw.
class StoredZip final : public ByteSource {
 public:
  struct Member {
    std::string name;
    std::uint64_t size;
    std::uint32_t crc32;
    std::function<std::unique_ptr<ByteSource>()> open;  // called when its turn comes
  };

  explicit StoredZip(std::vector<Member> members);

  std::size_t Read(std::span<char> into) override;
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  bool NextPart();

  std::vector<Member> members_;
  std::string directory_;
  std::uint64_t size_ = 0;

  std::size_t next_part_ = 0;  // header, content, header, content … directory
  std::unique_ptr<ByteSource> part_;
  std::uint64_t part_left_ = 0;
};

}  // namespace ankisync
