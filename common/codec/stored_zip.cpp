// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/stored_zip.h"

#include <algorithm>
#include <limits>

#include "common/codec/zip_format.h"
#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr std::uint16_t kVersion = 10;  // 1.0: nothing beyond stored files
constexpr std::uint16_t kFirstOfJanuary1980 = 0x21;

// What local header and directory entry have in common.
void PutMember(std::string& out, const StoredZip::Member& member) {
  zip::Put16(out, kVersion);
  zip::Put16(out, 0);  // flags
  zip::Put16(out, zip::kStored);
  zip::Put16(out, 0);  // time
  zip::Put16(out, kFirstOfJanuary1980);
  zip::Put32(out, member.crc32);
  zip::Put32(out, static_cast<std::uint32_t>(member.size));  // stored
  zip::Put32(out, static_cast<std::uint32_t>(member.size));
  zip::Put16(out, static_cast<std::uint16_t>(member.name.size()));
  zip::Put16(out, 0);  // extra
}

std::string LocalHeader(const StoredZip::Member& member) {
  std::string out;
  zip::Put32(out, zip::kLocalSignature);
  PutMember(out, member);
  return out + member.name;
}

void PutEntry(std::string& out, const StoredZip::Member& member, std::uint64_t offset) {
  zip::Put32(out, zip::kEntrySignature);
  zip::Put16(out, kVersion);
  PutMember(out, member);
  zip::Put16(out, 0);  // comment
  zip::Put16(out, 0);  // disk
  zip::Put16(out, 0);  // internal attributes
  zip::Put32(out, 0);  // external attributes
  zip::Put32(out, static_cast<std::uint32_t>(offset));
  out += member.name;
}

void PutEnd(std::string& out, std::size_t entries, std::uint64_t directory_offset) {
  const auto directory_bytes = static_cast<std::uint32_t>(out.size());
  zip::Put32(out, zip::kEndSignature);
  zip::Put32(out, 0);  // disks
  zip::Put16(out, static_cast<std::uint16_t>(entries));
  zip::Put16(out, static_cast<std::uint16_t>(entries));
  zip::Put32(out, directory_bytes);
  zip::Put32(out, static_cast<std::uint32_t>(directory_offset));
  zip::Put16(out, 0);  // comment
}

}  // namespace

StoredZip::StoredZip(std::vector<Member> members) : members_(std::move(members)) {
  std::uint64_t offset = 0;
  for (const Member& member : members_) {
    PutEntry(directory_, member, offset);
    offset += zip::kLocalBytes + member.name.size() + member.size;
  }
  PutEnd(directory_, members_.size(), offset);
  size_ = offset + directory_.size();
  if (size_ > std::numeric_limits<std::uint32_t>::max() ||
      members_.size() > std::numeric_limits<std::uint16_t>::max())
    throw SyncError(ErrorKind::kTooLarge, "too much for one zip archive");
}

// False at the end.
bool StoredZip::NextPart() {
  const std::size_t index = next_part_ / 2;
  const bool is_content = next_part_ % 2 == 1;
  if (index > members_.size() || (index == members_.size() && is_content)) return false;
  ++next_part_;
  if (is_content) {
    part_left_ = members_[index].size;
    part_ = members_[index].open();
    return true;
  }
  std::string text = index < members_.size() ? LocalHeader(members_[index]) : std::move(directory_);
  part_left_ = text.size();
  part_ = std::make_unique<StringSource>(std::move(text));
  return true;
}

std::size_t StoredZip::Read(std::span<char> into) {
  if (into.empty()) return 0;
  while (part_left_ == 0) {
    if (!NextPart()) return 0;
  }
  const std::size_t count = part_->Read(
      into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), part_left_))));
  if (count == 0) throw SyncError(ErrorKind::kUnavailable, "a file became shorter as it was sent");
  part_left_ -= count;
  return count;
}

}  // namespace ankisync
