// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/generations.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include "common/core/files.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

constexpr std::string_view kPrefix = "gen-";
constexpr std::string_view kSuffix = ".anki2";

std::string NameOf(int generation) {
  char name[32];
  std::snprintf(name, sizeof name, "gen-%04d.anki2", generation);
  return name;
}

// 0 for a name that is none of ours.
int NumberOf(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return 0;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

}  // namespace

int Generations::current() const {
  std::error_code error;
  return NumberOf(std::filesystem::read_symlink(link(), error).string());
}

std::filesystem::path Generations::PathOf(int generation) const {
  return folder_ / NameOf(generation);
}

int Generations::SwitchToNewFile() {
  const int next = current() + 1;
  SyncFile(OpenFile(NewFile(), O_RDONLY).get());
  if (::rename(NewFile().c_str(), PathOf(next).c_str()) != 0) ThrowErrno("rename to", PathOf(next));
  SyncFolder(folder_);

  const std::filesystem::path new_link = folder_ / ("collection.link-" + RandomToken());
  if (::symlink(NameOf(next).c_str(), new_link.c_str()) != 0) ThrowErrno("link", new_link);
  if (::rename(new_link.c_str(), link().c_str()) != 0) ThrowErrno("rename to", link());
  SyncFolder(folder_);
  return next;
}

void Generations::Sweep() {
  const int present = current();
  std::vector<std::filesystem::path> gone;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const int number = NumberOf(name);
    const bool is_stale = number > present || (number > 0 && number < present - 1);
    const bool is_temporary = name == "collection.new" || name.starts_with("collection.link-") ||
                              name.starts_with("collection.copy-");
    if (is_stale || is_temporary) gone.push_back(entry.path());
  }
  for (const auto& path : gone) RemoveDatabase(path);
}

void RemoveDatabase(const std::filesystem::path& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path.string() + suffix, ignored);
}

}  // namespace ankisync
