// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/volume.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"
#include "common/core/utc_text.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr std::uint64_t kMarkerBytesMax = 4096;
constexpr std::chrono::milliseconds kOtherCreatorWait{10'000};

fs::path MarkerOf(const fs::path& root) { return root / "volume.json"; }
fs::path UsersOf(const fs::path& root) { return root / "collections" / "users"; }

[[noreturn]] void ThrowUnavailable(const fs::path& root, const std::string& why) {
  throw SyncError(ErrorKind::kUnavailable, "data folder " + root.string() + ": " + why);
}

// The id in volume.json; nothing where there is no such file.
std::optional<std::string> ReadId(const fs::path& root) {
  const auto text = ReadFile(MarkerOf(root), kMarkerBytesMax);
  if (!text) return std::nullopt;
  std::optional<int> format;
  std::string id;
  try {
    const auto document = json::Document::Parse(*text);
    format = json::ReadInt<int>(json::RequireMember(document.root(), "format"));
    id = json::Require(json::ReadText(json::RequireMember(document.root(), "id")), "id");
  } catch (const SyncError&) {
    ThrowUnavailable(root, "its volume.json is not one of ours, or damaged");
  }
  if (format != kFormat || id.empty())
    ThrowUnavailable(root, "its volume.json is of a format that this version does not know");
  return id;
}

void MakeFolder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    SyncFolder(folder.parent_path());
  } else if (errno != EEXIST) {
    ThrowErrno("create", folder);
  }
}

std::string CreateVolume(const fs::path& root) {
  std::string id = RandomToken(16);
  MakeFolder(root / "collections");
  MakeFolder(UsersOf(root));
  MakeFolder(root / "spool");
  std::string marker;
  json::Writer(marker)
      .StartObject()
      .Key("format")
      .Int(kFormat)
      .Key("id")
      .Text(id)
      .Key("created")
      .Text(UtcText(SystemClock().Now()))
      .EndObject();
  WriteFileAtomically(MarkerOf(root), marker + "\n");  // last: the rest is there when it is
  return id;
}

std::string ThisProcess() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return "process " + std::to_string(::getpid()) + " on " + host;
}

std::string WhyNotMounted(const fs::path& root, const std::string& id) {
  try {
    const auto found = ReadId(root);
    if (!found) return "volume.json is gone: is the disk still mounted?";
    return *found == id ? "" : "another volume was mounted in its place";
  } catch (const SyncError& error) {
    return error.what();
  }
}

std::string WhyNotWritable(const fs::path& root) {
  try {
    OpenUnnamedFile(root);
    return "";
  } catch (const SyncError& error) {
    return error.what();
  }
}

std::string WhyTooLittleSpace(const fs::path& root, std::uint64_t bytes_min) {
  struct statvfs space {};
  if (::statvfs(root.c_str(), &space) != 0) return std::strerror(errno);
  const std::uint64_t free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (free_bytes >= bytes_min) return "";
  return std::to_string(free_bytes >> 20) + " MiB free, " + std::to_string(bytes_min >> 20) +
         " MiB wanted";
}

}  // namespace

Volume::Volume(fs::path root, Create create, const Settings& settings)
    : root_(std::move(root)), settings_(settings) {
  auto id = ReadId(root_);
  if (!id && create == Create::kIfMissing) {
    std::error_code error;
    fs::create_directories(root_, error);
    if (error) ThrowUnavailable(root_, "could not be created: " + error.message());
    const auto lock = FileLock::Acquire(root_ / "volume.lock", kOtherCreatorWait);
    if (!lock) ThrowUnavailable(root_, "another process has been creating it for too long");
    id = ReadId(root_);
    was_created_ = !id;
    if (!id) id = CreateVolume(root_);
  }
  if (!id) {
    ThrowUnavailable(root_,
                     "has no volume.json. Mount the disk that belongs there, or make a new volume "
                     "with: ankisyncctl --data " +
                         root_.string() + " volume init");
  }
  id_ = *id;
}

std::vector<Volume::Finding> Volume::Check() const {
  return {{"volume", WhyNotMounted(root_, id_)},
          {"writable", WhyNotWritable(root_)},
          {"free_space", WhyTooLittleSpace(root_, settings_.free_bytes_min)}};
}

bool Volume::holds_users() const {
  std::error_code error;
  const bool none = fs::is_empty(UsersOf(root_), error);
  if (error) ThrowUnavailable(root_, "collections/users: " + error.message());
  return !none;
}

std::vector<std::string> Volume::Folders() const {
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::directory_iterator entry(UsersOf(root_), error), end; !error && entry != end;
       entry.increment(error))
    folders.push_back(entry->path().filename().string());
  if (error) ThrowUnavailable(root_, "collections/users: " + error.message());
  std::sort(folders.begin(), folders.end());
  return folders;
}

fs::path Volume::UserFolder(std::string_view folder) const {
  if (folder.empty() || folder.front() == '.' || folder.find('/') != std::string_view::npos)
    throw SyncError(ErrorKind::kInternal, "not the name of a user's folder");
  // Nobody begins anew on a disk that is not theirs. This reads a file: some microseconds.
  if (const std::string why = WhyNotMounted(root_, id_); !why.empty()) ThrowUnavailable(root_, why);
  fs::path path = UsersOf(root_) / folder;
  if (::mkdir(path.c_str(), 0700) == 0) {
    SyncFolder(path.parent_path());
  } else if (errno == ENOENT) {
    ThrowUnavailable(root_, "collections/users is gone: is the disk still mounted?");
  } else if (errno != EEXIST) {
    ThrowErrno("create", path);
  }
  return path;
}

FileLock Volume::LockUser(std::string_view folder, std::chrono::milliseconds wait) const {
  const fs::path file = UserFolder(folder) / "lock";
  auto lock = FileLock::Acquire(file, wait);
  if (!lock) {
    throw SyncError(ErrorKind::kUnavailable, "the collection of " + std::string(folder) +
                                                 " is open in " +
                                                 ReadFile(file, 1024).value_or("another process"));
  }
  lock->Write(ThisProcess());
  return std::move(*lock);
}

}  // namespace ankisync
