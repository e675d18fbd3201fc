// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/zip_reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "common/codec/crc32.h"
#include "common/codec/zip_format.h"
#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr std::size_t kInputBytes = 64 * 1024;

[[noreturn]] void Malformed(const char* why) {
  throw SyncError(ErrorKind::kMalformedRequest, std::string("zip: ") + why);
}

std::string ReadText(const SpooledBytes& bytes, std::uint64_t offset, std::size_t size) {
  std::string text(size, '\0');
  bytes.ReadAt(offset, text);
  return text;
}

// Where a member's content lies.
struct Extent {
  std::uint64_t begin;
  std::uint64_t end;
};

class StoredContent {
 public:
  StoredContent(const SpooledBytes& bytes, Extent extent) : bytes_(bytes), left_(extent) {}

  std::size_t Read(std::span<char> into) {
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_.end - left_.begin));
    bytes_.ReadAt(left_.begin, into.first(count));
    left_.begin += count;
    return count;
  }

 private:
  const SpooledBytes& bytes_;
  Extent left_;
};

class DeflatedContent {
 public:
  DeflatedContent(const SpooledBytes& bytes, Extent extent) : stored_(bytes, extent) {
    if (::inflateInit2(&stream_, -MAX_WBITS) != Z_OK)  // raw: a zip has its own checksum
      throw SyncError(ErrorKind::kUnavailable, "no memory to inflate");
  }
  ~DeflatedContent() { ::inflateEnd(&stream_); }
  DeflatedContent(const DeflatedContent&) = delete;
  DeflatedContent& operator=(const DeflatedContent&) = delete;

  std::size_t Read(std::span<char> into) {
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min(into.size(), kInputBytes));
    const uInt wanted = stream_.avail_out;
    while (!ended_ && stream_.avail_out > 0) {
      if (stream_.avail_in == 0) Refill();
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END) Malformed("a member does not inflate");
      ended_ = code == Z_STREAM_END;
    }
    return wanted - stream_.avail_out;
  }

 private:
  void Refill() {
    const std::size_t count = stored_.Read(input_);
    if (count == 0) Malformed("a deflated member ends early");
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(count);
  }

  StoredContent stored_;
  std::array<char, kInputBytes> input_;
  z_stream stream_{};
  bool ended_ = false;
};

// Content that must be what the directory announced.
template <typename Content>
class CheckedContent final : public ByteSource {
 public:
  CheckedContent(const SpooledBytes& bytes, Extent extent, const ZipReader::Member& member)
      : content_(bytes, extent), left_(member.size), size_(member.size), crc32_(member.crc32) {}

  std::size_t Read(std::span<char> into) override {
    if (into.empty() || is_checked_) return 0;
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    const std::size_t count = wanted == 0 ? 0 : content_.Read(into.first(wanted));
    if (count == 0 && wanted > 0) Malformed("a member is shorter than announced");
    seen_crc32_ = Crc32({into.data(), count}, seen_crc32_);
    left_ -= count;
    if (left_ == 0) CheckEnd();
    return count;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  void CheckEnd() {
    char beyond;
    if (content_.Read({&beyond, 1}) != 0) Malformed("a member is longer than announced");
    if (seen_crc32_ != crc32_) Malformed("a member's checksum is wrong");
    is_checked_ = true;
  }

  Content content_;
  std::uint64_t left_;
  const std::uint64_t size_;
  const std::uint32_t crc32_;
  std::uint32_t seen_crc32_ = 0;
  bool is_checked_ = false;
};

}  // namespace

ZipReader::ZipReader(const SpooledBytes& bytes) : bytes_(bytes) {
  const std::size_t tail_bytes = static_cast<std::size_t>(
      std::min<std::uint64_t>(bytes.size(), zip::kEndBytes + zip::kCommentBytesMax));
  const std::uint64_t tail_begin = bytes.size() - tail_bytes;
  const std::string tail = ReadText(bytes, tail_begin, tail_bytes);
  for (std::size_t at = tail.rfind("PK\5\6"); at != std::string::npos;
       at = at == 0 ? std::string::npos : tail.rfind("PK\5\6", at - 1)) {
    if (tail.size() - at < zip::kEndBytes) continue;
    const std::uint64_t directory_bytes = zip::Get32(tail, at + 12);
    const std::uint64_t directory_offset = zip::Get32(tail, at + 16);
    directory_end_ = tail_begin + at;
    if (directory_bytes + directory_offset > directory_end_) continue;
    directory_ = directory_end_ - directory_bytes;
    archive_ = directory_ - directory_offset;
    entries_ = zip::Get16(tail, at + 10);
    return;
  }
  Malformed("no end of an archive");
}

std::vector<std::optional<ZipReader::Member>> ZipReader::Find(
    std::span<const std::string> names) const {
  std::vector<std::optional<Member>> found(names.size());
  std::uint64_t at = directory_;
  for (std::size_t i = 0; i < entries_; ++i) {
    if (directory_end_ - at < zip::kEntryBytes) Malformed("the directory ends early");
    const std::string entry = ReadText(bytes_, at, zip::kEntryBytes);
    if (zip::Get32(entry, 0) != zip::kEntrySignature) Malformed("no entry where one should be");
    const std::size_t name_bytes = zip::Get16(entry, 28);
    const std::uint64_t entry_bytes = zip::kEntryBytes + name_bytes +
                                      zip::Get16(entry, 30) +  // extra
                                      zip::Get16(entry, 32);   // comment
    if (directory_end_ - at < entry_bytes) Malformed("the directory ends early");
    const std::string name = ReadText(bytes_, at + zip::kEntryBytes, name_bytes);
    for (std::size_t n = 0; n < names.size(); ++n) {
      if (names[n] != name) continue;
      found[n] = Member{.local_header = archive_ + zip::Get32(entry, 42),
                        .stored_bytes = zip::Get32(entry, 20),
                        .size = zip::Get32(entry, 24),
                        .crc32 = zip::Get32(entry, 16),
                        .method = zip::Get16(entry, 10),
                        .flags = zip::Get16(entry, 8)};
    }
    at += entry_bytes;
  }
  return found;
}

std::unique_ptr<ByteSource> ZipReader::Open(const Member& member) const {
  if (member.flags & zip::kEncryptedFlag) Malformed("a member is encrypted");
  if (member.local_header + zip::kLocalBytes > directory_) Malformed("a member lies outside");
  const std::string header = ReadText(bytes_, member.local_header, zip::kLocalBytes);
  if (zip::Get32(header, 0) != zip::kLocalSignature) Malformed("no member where one should be");
  Extent extent;
  extent.begin = member.local_header + zip::kLocalBytes + zip::Get16(header, 26) +  // name
                 zip::Get16(header, 28);                                            // extra
  extent.end = extent.begin + member.stored_bytes;
  if (extent.end > directory_) Malformed("a member lies outside");
  switch (member.method) {
    case zip::kStored:
      return std::make_unique<CheckedContent<StoredContent>>(bytes_, extent, member);
    case zip::kDeflated:
      return std::make_unique<CheckedContent<DeflatedContent>>(bytes_, extent, member);
    default:
      Malformed("a method other than stored and deflate");
  }
}

}  // namespace ankisync
