// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/files.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/core/error.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

bool MayPass(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
    case ESTALE:
      return true;
    default:
      return false;
  }
}

// By the kernel where it can between these two file systems.
void CopyBytes(int from, int to, const std::filesystem::path& path) {
  constexpr std::size_t kPieceBytes = std::size_t{64} << 20;
  ssize_t copied;
  while ((copied = ::copy_file_range(from, nullptr, to, nullptr, kPieceBytes, 0)) > 0) {
  }
  if (copied == 0) return;
  if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    ThrowErrno("copy", path);
  char buffer[65536];
  while ((copied = ::read(from, buffer, sizeof buffer)) > 0)
    WriteAll(to, {buffer, static_cast<std::size_t>(copied)});
  if (copied < 0) ThrowErrno("read", path);
}

}  // namespace

void ThrowErrno(std::string_view doing, const std::filesystem::path& path) {
  const int error = errno;
  throw SyncError(
      MayPass(error) ? ErrorKind::kUnavailable : ErrorKind::kInternal,
      "could not " + std::string(doing) + " " + path.string() + ": " + std::strerror(error));
}

UniqueFd OpenFile(const std::filesystem::path& path, int flags, unsigned mode) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) ThrowErrno("open", path);
  return fd;
}

UniqueFd OpenUnnamedFile(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR) ThrowErrno("create a file in", folder);
  const auto path = folder / ("unnamed-" + RandomToken());
  fd = OpenFile(path, O_RDWR | O_CREAT | O_EXCL);
  ::unlink(path.c_str());
  return fd;
}

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      ThrowErrno("write to", "an open file");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void SyncFile(int fd) {
  if (::fsync(fd) != 0) ThrowErrno("fsync", "an open file");
}

void SyncFolder(const std::filesystem::path& folder) {
  const UniqueFd fd = OpenFile(folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0) ThrowErrno("fsync", folder);
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  const std::filesystem::path neighbour = path.string() + ".tmp-" + RandomToken();
  try {
    const UniqueFd fd = OpenFile(neighbour, O_WRONLY | O_CREAT | O_EXCL, mode);
    WriteAll(fd.get(), bytes);
    SyncFile(fd.get());
    if (::rename(neighbour.c_str(), path.c_str()) != 0) ThrowErrno("rename to", path);
  } catch (...) {
    ::unlink(neighbour.c_str());
    throw;
  }
  SyncFolder(path.parent_path());
}

void CloneFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  const UniqueFd source = OpenFile(from, O_RDONLY);
  const UniqueFd target = OpenFile(to, O_WRONLY | O_CREAT | O_EXCL);
  try {
    if (::ioctl(target.get(), FICLONE, source.get()) != 0)
      CopyBytes(source.get(), target.get(), from);
  } catch (...) {
    ::unlink(to.c_str());
    throw;
  }
}

bool CanShareBlocks(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const UniqueFd source = OpenFile(file, O_RDONLY);
  const UniqueFd target = OpenUnnamedFile(folder);
  return ::ioctl(target.get(), FICLONE, source.get()) == 0;
}

std::optional<std::string> ReadFile(const std::filesystem::path& path, std::uint64_t bytes_max) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT) return std::nullopt;
    ThrowErrno("open", path);
  }
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0) {
      if (errno == EINTR) continue;
      ThrowErrno("read", path);
    }
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > bytes_max) {
      throw SyncError(ErrorKind::kUnavailable, path.string() + " is longer than expected");
    }
  }
}

FileSource::FileSource(std::shared_ptr<const UniqueFd> file, std::uint64_t offset,
                       std::uint64_t length)
    : file_(std::move(file)), offset_(offset), left_(length), length_(length) {}

std::size_t FileSource::Read(std::span<char> into) {
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
  if (wanted == 0) return 0;
  ssize_t count;
  do {
    count = ::pread(file_->get(), into.data(), wanted, static_cast<off_t>(offset_));
  } while (count < 0 && errno == EINTR);
  if (count < 0) ThrowErrno("read", "an open file");
  if (count == 0)
    throw SyncError(ErrorKind::kUnavailable, "a file became shorter while it was read");
  offset_ += static_cast<std::uint64_t>(count);
  left_ -= static_cast<std::uint64_t>(count);
  return static_cast<std::size_t>(count);
}

}  // namespace ankisync
