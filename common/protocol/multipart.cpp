// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/multipart.h"

#include <algorithm>
#include <cstring>

#include "common/core/error.h"
#include "common/protocol/header_value.h"

namespace ankisync::protocol {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kDisposition = "content-disposition";

[[noreturn]] void Refuse(const char* why) {
  throw SyncError(ErrorKind::kMalformedRequest, std::string("the form ") + why);
}

}  // namespace

MultipartReader::MultipartReader(ByteSource& body, std::string_view boundary)
    : body_(body),
      delimiter_(std::string(kLineEnd) + "--" + std::string(boundary)),
      buffer_(kBufferBytes) {
  if (boundary.empty() || boundary.size() > kBoundaryBytesMax ||
      boundary.find_first_of(kLineEnd) != std::string_view::npos) {
    Refuse("has no usable boundary");
  }
  // The first delimiter has no line end of its own in front.
  filled_ = kLineEnd.copy(buffer_.data(), kLineEnd.size());
}

bool MultipartReader::Next() {
  if (ended_) return false;
  if (parts_ == 0) {
    PassDelimiter(nullptr, 0);
  } else if (!content_read_) {
    Skip();
  }
  ended_ = AtLastDelimiter();
  if (ended_) return false;
  if (++parts_ > kPartsMax) Refuse("has too many parts");
  ReadPartHead();
  content_read_ = false;
  return true;
}

std::string MultipartReader::Value(std::size_t bytes_max) {
  std::string value;
  content_read_ = true;
  PassDelimiter(&value, bytes_max);
  return value;
}

MultipartReader::Range MultipartReader::Skip() {
  Range range;
  content_read_ = true;
  range.offset = buffer_offset_ + read_ - kLineEnd.size();
  range.length = PassDelimiter(nullptr, 0);
  return range;
}

// Passes what stands in front of the next delimiter, and the delimiter. Returns how much that was.
// Linear: a line end is nowhere in a delimiter but at its start, so that no byte is compared twice.
std::uint64_t MultipartReader::PassDelimiter(std::string* keep, std::size_t bytes_max) {
  std::uint64_t passed = 0;
  for (;;) {
    const std::string_view unread = Unread();
    const std::size_t found = unread.find(delimiter_);
    const std::size_t tail = std::min(unread.size(), delimiter_.size() - 1);
    const std::size_t content = found == std::string_view::npos ? unread.size() - tail : found;
    passed += content;
    if (keep) {
      if (passed > bytes_max) Refuse("has a value that is too long");
      keep->append(unread.substr(0, content));
    }
    Consume(content);
    if (found != std::string_view::npos) {
      Consume(delimiter_.size());
      return passed;
    }
    if (!Refill()) Refuse("ends early");
  }
}

bool MultipartReader::AtLastDelimiter() {
  Demand(2);
  if (Unread().starts_with("--")) return true;
  const std::string padding = TakeLine(kPartHeadBytesMax);
  if (padding.find_first_not_of(" \t") != std::string::npos) Refuse("has text behind a delimiter");
  return false;
}

void MultipartReader::ReadPartHead() {
  name_.clear();
  std::size_t left = kPartHeadBytesMax;
  for (;;) {
    const std::string line = TakeLine(left);
    if (line.empty()) return;
    left -= std::min(left, line.size() + kLineEnd.size());
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) Refuse("has a part with a line that is no header");
    const std::string_view header(line);
    if (!EqualsLowered(header.substr(0, colon), kDisposition)) continue;
    name_ = ParameterOf(header.substr(colon + 1), "name").value_or("");
  }
}

// A line without its end.
std::string MultipartReader::TakeLine(std::size_t bytes_max) {
  std::size_t end = 0;
  while ((end = Unread().find(kLineEnd)) == std::string_view::npos) {
    if (Unread().size() > bytes_max) Refuse("has a part with too long a head");
    if (!Refill()) Refuse("ends early");
  }
  if (end > bytes_max) Refuse("has a part with too long a head");
  std::string line(Unread().substr(0, end));
  Consume(end + kLineEnd.size());
  return line;
}

void MultipartReader::Demand(std::size_t bytes) {
  while (Unread().size() < bytes) {
    if (!Refill()) Refuse("ends early");
  }
}

// More behind what is unread. False: the body has ended.
bool MultipartReader::Refill() {
  const std::string_view unread = Unread();
  std::memmove(buffer_.data(), unread.data(), unread.size());
  buffer_offset_ += read_;
  filled_ = unread.size();
  read_ = 0;
  const std::size_t count = body_.Read({buffer_.data() + filled_, buffer_.size() - filled_});
  filled_ += count;
  return count > 0;
}

}  // namespace ankisync::protocol
