// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/spooled_bytes.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

}  // namespace

SpooledBytes::SpooledBytes(ByteSource& source, const std::filesystem::path& folder,
                           std::size_t memory_bytes_max) {
  std::array<char, kBufferBytes> buffer;
  while (const std::size_t count = source.Read(buffer)) {
    const std::string_view bytes(buffer.data(), count);
    size_ += count;
    if (!file_ && size_ > memory_bytes_max) {
      file_ = OpenUnnamedFile(folder);
      WriteAll(file_.get(), memory_);
      memory_ = {};
    }
    if (file_) {
      WriteAll(file_.get(), bytes);
    } else {
      // What is not short gets all its room at once: growing would copy it again and again.
      if (size_ > kBufferBytes) memory_.reserve(memory_bytes_max);
      memory_ += bytes;
    }
  }
}

void SpooledBytes::ReadAt(std::uint64_t offset, std::span<char> into) const {
  if (offset > size_ || into.size() > size_ - offset)
    throw SyncError(ErrorKind::kInternal, "a read beyond the end of spooled bytes");
  if (!file_) {
    memory_.copy(into.data(), into.size(), offset);
    return;
  }
  while (!into.empty()) {
    const ssize_t count =
        ::pread(file_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) ThrowErrno("read", "a spooled body");
    offset += static_cast<std::uint64_t>(count);
    into = into.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace ankisync
