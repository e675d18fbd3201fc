// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ankisync::doctor {

// Where a folder lies. `mountinfo`: the text of /proc/self/mountinfo.
struct Mount {
  std::string point;
  std::string type;  // "ext4", "nfs4", "fuse.sshfs"
};

// Of the innermost mount around `folder`, an absolute path without links. Pure.
std::optional<Mount> MountOf(const std::filesystem::path& folder, std::string_view mountinfo);

enum class FileSystem : std::uint8_t {
  kOnDisk,
  kOnNetwork,    // locks and shared memory are not to be relied on
  kInMemory,     // gone with the machine
  kOfContainer,  // gone with the container
  kOther,        // of a program (FUSE), or unheard of
};

FileSystem KindOf(std::string_view type);

}  // namespace ankisync::doctor
