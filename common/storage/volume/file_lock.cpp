// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "common/core/files.h"

namespace ankisync {
namespace {

constexpr std::chrono::milliseconds kBetweenAttempts{1};

// Between open and flock the file may have been removed with its folder, and another made.
bool IsStillAt(int fd, const std::filesystem::path& path) {
  struct stat locked {};
  struct stat named {};
  return ::fstat(fd, &locked) == 0 && ::stat(path.c_str(), &named) == 0 &&
         locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

}  // namespace

std::optional<FileLock> FileLock::Acquire(const std::filesystem::path& file,
                                          std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  UniqueFd fd = OpenFile(file, O_RDWR | O_CREAT);
  for (;;) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      if (IsStillAt(fd.get(), file)) return FileLock(std::move(fd));
      fd = OpenFile(file, O_RDWR | O_CREAT);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) ThrowErrno("lock", file);
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

void FileLock::Write(std::string_view text) const {
  if (::ftruncate(fd_.get(), 0) != 0 || ::lseek(fd_.get(), 0, SEEK_SET) != 0)
    ThrowErrno("write to", "a lock file");
  WriteAll(fd_.get(), text);
}

}  // namespace ankisync
