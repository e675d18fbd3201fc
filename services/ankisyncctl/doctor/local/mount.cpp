// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/local/mount.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace ankisync::doctor {
namespace {

// "\040" → " "
std::string Unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// "36 35 98:0 /root /point options … - type source options"
std::optional<Mount> ParseLine(const std::string& line) {
  std::istringstream words(line);
  std::string word;
  Mount mount;
  for (int i = 0; i < 4; ++i) words >> word;
  words >> mount.point;
  while (words >> word && word != "-") {
  }
  if (!(words >> mount.type)) return std::nullopt;
  mount.point = Unescaped(mount.point);
  return mount;
}

bool IsAround(const std::string& point, const std::string& folder) {
  return point == "/" || folder == point || folder.starts_with(point + "/");
}

constexpr std::pair<std::string_view, FileSystem> kKinds[] = {
    {"ext2", FileSystem::kOnDisk},         {"ext3", FileSystem::kOnDisk},
    {"ext4", FileSystem::kOnDisk},         {"xfs", FileSystem::kOnDisk},
    {"btrfs", FileSystem::kOnDisk},        {"zfs", FileSystem::kOnDisk},
    {"f2fs", FileSystem::kOnDisk},         {"bcachefs", FileSystem::kOnDisk},
    {"jfs", FileSystem::kOnDisk},          {"nfs", FileSystem::kOnNetwork},
    {"nfs4", FileSystem::kOnNetwork},      {"cifs", FileSystem::kOnNetwork},
    {"smb3", FileSystem::kOnNetwork},      {"smbfs", FileSystem::kOnNetwork},
    {"ceph", FileSystem::kOnNetwork},      {"9p", FileSystem::kOnNetwork},
    {"afs", FileSystem::kOnNetwork},       {"lustre", FileSystem::kOnNetwork},
    {"gfs2", FileSystem::kOnNetwork},      {"fuse.sshfs", FileSystem::kOnNetwork},
    {"tmpfs", FileSystem::kInMemory},      {"ramfs", FileSystem::kInMemory},
    {"overlay", FileSystem::kOfContainer},
};

constexpr std::string_view kNetworkPrograms[] = {"glusterfs", "s3fs", "rclone", "davfs",
                                                 "juicefs",   "nfs",  "ceph"};

}  // namespace

std::optional<Mount> MountOf(const std::filesystem::path& folder, std::string_view mountinfo) {
  std::optional<Mount> innermost;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    auto mount = ParseLine(line);
    if (!mount || !IsAround(mount->point, folder.string())) continue;
    // Of two at one place the later covers the earlier.
    if (!innermost || mount->point.size() >= innermost->point.size()) innermost = std::move(mount);
  }
  return innermost;
}

FileSystem KindOf(std::string_view type) {
  const auto* const known =
      std::ranges::find(kKinds, type, &std::pair<std::string_view, FileSystem>::first);
  if (known != std::end(kKinds)) return known->second;
  const bool is_network = std::ranges::any_of(kNetworkPrograms, [&](std::string_view program) {
    return type.starts_with("fuse") && type.find(program) != std::string_view::npos;
  });
  return is_network ? FileSystem::kOnNetwork : FileSystem::kOther;
}

}  // namespace ankisync::doctor
