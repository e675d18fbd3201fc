// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/byte_stream.h"
#include "common/core/unique_fd.h"

// Files that survive a crash. Every function throws SyncError: kUnavailable for what may pass (disk
// full, out of descriptors, read-only), kInternal for the rest.
namespace ankisync {

// Turns errno into the SyncError for "could not <doing> <path>".
[[noreturn]] void ThrowErrno(std::string_view doing, const std::filesystem::path& path);

UniqueFd OpenFile(const std::filesystem::path& path, int flags, unsigned mode = 0600);

// A file without a name, gone with its descriptor. Where the file system has no O_TMPFILE: created
// and unlinked.
UniqueFd OpenUnnamedFile(const std::filesystem::path& folder);

void WriteAll(int fd, std::string_view bytes);
void SyncFile(int fd);
void SyncFolder(const std::filesystem::path& folder);

// Writes to a neighbour, fsyncs, renames over `path`, fsyncs the folder: afterwards the old or the
// new content is there.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                         unsigned mode = 0600);

// Copies to a new file, sharing the blocks where the file system can. Not synced.
void CloneFile(const std::filesystem::path& from, const std::filesystem::path& to);

// Whether that sharing works for copies of `file` in `folder`.
bool CanShareBlocks(const std::filesystem::path& file, const std::filesystem::path& folder);

// nullopt when there is no such file; kUnavailable when it is longer than `bytes_max`.
std::optional<std::string> ReadFile(const std::filesystem::path& path, std::uint64_t bytes_max);

// Reads [offset, offset + length) of a descriptor with pread, so that several may read one file.
// Throws kUnavailable when the file turns out shorter.
class FileSource final : public ByteSource {
 public:
  FileSource(std::shared_ptr<const UniqueFd> file, std::uint64_t offset, std::uint64_t length);
  std::size_t Read(std::span<char> into) override;
  std::optional<std::uint64_t> size() const override { return length_; }

 private:
  std::shared_ptr<const UniqueFd> file_;
  std::uint64_t offset_;
  std::uint64_t left_;
  std::uint64_t length_;
};

// Appends to a descriptor.
class FileSink final : public ByteSink {
 public:
  explicit FileSink(int fd) : fd_(fd) {}
  void Write(std::string_view bytes) override { WriteAll(fd_, bytes); }

 private:
  int fd_;
};

}  // namespace ankisync
