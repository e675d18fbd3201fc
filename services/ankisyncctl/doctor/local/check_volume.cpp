// SPDX-License-Identifier: AGPL-3.0-or-later
#include <sys/statvfs.h>

#include <algorithm>

#include "common/core/files.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/doctor/local/local.h"
#include "services/ankisyncctl/doctor/local/mount.h"

namespace ankisync::doctor {
namespace {

constexpr std::uint64_t kMountsBytesMax = 4 << 20;
constexpr std::uint64_t kInodesMin = 1000;

constexpr char kServerTrouble[] =
    "\"AnkiWeb encountered a problem. Please try again in a few minutes.\"";

const char* RemedyFor(std::string_view check) {
  if (check == "free_space")
    return "Free or add space. What the server itself can give up: ankisyncctl media gc,\n"
           "snapshot rm, backup prune.";
  if (check == "writable")
    return "Mount it for writing, and give it to the user that the server runs as (chown -R).";
  return "Mount the right disk there, then start the servers again.";
}

void CheckInodes(const Volume& volume, Findings& findings) {
  struct statvfs space {};
  if (::statvfs(volume.root().c_str(), &space) != 0 || space.f_files == 0) return;  // has no bound
  if (space.f_favail >= kInodesMin) return;
  findings.push_back({Severity::kWarning, "free_files",
                      "The file system has room for " + std::to_string(space.f_favail) +
                          " more files; each image and sound is one.",
                      kServerTrouble, "Move the data to a file system with more inodes."});
}

Finding Describe(const Mount& mount) {
  const auto with = [&](Severity severity, const std::string& what, std::string client,
                        std::string remedy) {
    return Finding{severity, "file_system",
                   "The data lies on " + mount.type + " (" + mount.point + ")" + what,
                   std::move(client), std::move(remedy)};
  };
  switch (KindOf(mount.type)) {
    case FileSystem::kOnDisk:
      return with(Severity::kOk, ".", "", "");
    case FileSystem::kOnNetwork:
      return with(Severity::kError,
                  ", a network file system: its locks cannot be relied on, and databases break.",
                  "collections that are damaged or locked, sooner or later.",
                  "Move the data to a disk of this machine, and backups to the network.");
    case FileSystem::kInMemory:
      return with(Severity::kWarning, ", in memory: it is gone when the machine restarts.", "",
                  "Move the data to a disk.");
    case FileSystem::kOfContainer:
      return with(Severity::kWarning,
                  ", which is a container's own: it is gone with the container.", "",
                  "Mount a volume there (docs/containers.md).");
    case FileSystem::kOther:
      break;
  }
  return with(Severity::kNote,
              ", which is not known to this doctor. Databases need locks and memory that processes "
              "share; a disk with ext4 or the like has both.",
              "", "");
}

}  // namespace

void CheckVolume(const Volume& volume, Findings& findings) {
  findings.push_back({Severity::kOk, "volume",
                      volume.root().string() + " is volume " + volume.id() + ".", "", ""});
  bool all_well = true;
  for (const auto& [check, trouble] : volume.Check()) {
    if (trouble.empty()) continue;
    all_well = false;
    findings.push_back({Severity::kError, std::string(check), "The data folder: " + trouble + ".",
                        kServerTrouble, RemedyFor(check)});
  }
  std::error_code gone;
  const auto space = std::filesystem::space(volume.root(), gone);
  if (all_well && !gone) {
    findings.push_back({Severity::kOk, "free_space",
                        "It can be written, and " +
                            SizeText(static_cast<std::int64_t>(space.available)) + " are free.",
                        "", ""});
  }
  CheckInodes(volume, findings);
}

void CheckFileSystem(const std::filesystem::path& data, Findings& findings) {
  std::error_code gone;
  const auto folder = std::filesystem::canonical(data, gone);
  const auto mounts = ReadFile("/proc/self/mountinfo", kMountsBytesMax);
  if (gone || !mounts) return;  // that there is no folder is said by others
  if (const auto mount = MountOf(folder, *mounts)) findings.push_back(Describe(*mount));
}

}  // namespace ankisync::doctor
