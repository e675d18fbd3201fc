// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <filesystem>

namespace ankisync::sync {

// Where tests make their folders: in memory where that is possible, because there are hundreds of
// small collections here and each is synced to the disk a dozen times.
inline std::filesystem::path Scratch() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

}  // namespace ankisync::sync
