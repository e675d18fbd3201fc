// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/byte_stream.h"

namespace ankisync::protocol {

// Reads multipart/form-data as a stream, part by part, in one pass. Holds a buffer, a part's head
// and what the caller asks to keep, however long the body is. What stands in front of the first
// part and behind the last is ignored.
//
// Errors, from every function: kMalformedRequest for a body that is no such form, ends before its
// last delimiter, or breaks a bound below; what the source throws.
class MultipartReader {
 public:
  static constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046
  static constexpr std::size_t kPartHeadBytesMax = 4096;
  static constexpr int kPartsMax = 64;

  MultipartReader(ByteSource& body, std::string_view boundary);

  // Goes to the next part. False after the last.
  bool Next();
  const std::string& name() const { return name_; }  // of the part; may be empty

  // What the present part holds. One of the two, once a part.
  std::string Value(std::size_t bytes_max);
  struct Range {
    std::uint64_t offset = 0;  // in the body
    std::uint64_t length = 0;
  };
  Range Skip();

 private:
  std::string_view Unread() const { return {buffer_.data() + read_, filled_ - read_}; }
  void Consume(std::size_t bytes) { read_ += bytes; }
  bool Refill();
  void Demand(std::size_t bytes);
  std::string TakeLine(std::size_t bytes_max);
  std::uint64_t PassDelimiter(std::string* keep, std::size_t bytes_max);
  bool AtLastDelimiter();
  void ReadPartHead();

  ByteSource& body_;
  const std::string delimiter_;  // CRLF "--" boundary
  std::vector<char> buffer_;
  std::size_t read_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t buffer_offset_ = 0;  // of the buffer's first byte in CRLF + body
  int parts_ = 0;
  bool content_read_ = true;  // of the present part
  bool ended_ = false;
  std::string name_;
};

}  // namespace ankisync::protocol
