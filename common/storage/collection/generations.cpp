// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/generations.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "common/core/error.h"
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
  const auto target = std::filesystem::read_symlink(link(), error);
  if (error == std::errc::no_such_file_or_directory) return 0;
  const int generation = error ? 0 : NumberOf(target.string());
  if (generation == 0) {
    throw SyncError(ErrorKind::kUnavailable,
                    link().string() + " is no link to a generation of ours");
  }
  return generation;
}

std::filesystem::path Generations::PathOf(int generation) const {
  return folder_ / NameOf(generation);
}

int Generations::SwitchToNewFile() {
  const int next = current() + 1;
  SyncFile(OpenFile(NewFile(), O_RDONLY).get());
  if (::rename(NewFile().c_str(), PathOf(next).c_str()) != 0) ThrowErrno("rename to", PathOf(next));
  SyncFolder(folder_);

  LinkTo(next);
  return next;
}

void Generations::LinkTo(int generation) const {
  const std::filesystem::path new_link = folder_ / ("collection.link-" + RandomToken());
  if (::symlink(NameOf(generation).c_str(), new_link.c_str()) != 0) ThrowErrno("link", new_link);
  if (::rename(new_link.c_str(), link().c_str()) != 0) ThrowErrno("rename to", link());
  SyncFolder(folder_);
}

void Generations::Sweep() {
  std::map<int, std::filesystem::path> generations;
  std::vector<std::filesystem::path> gone;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const bool is_temporary = name == "collection.new" || name.starts_with("collection.link-") ||
                              name.starts_with("collection.copy-");
    if (is_temporary) gone.push_back(entry.path());
    if (const int number = NumberOf(name); number > 0) generations[number] = entry.path();
  }
  if (current() == 0 && !generations.empty()) LinkTo(generations.rbegin()->first);
  const int present = current();
  for (const auto& [number, path] : generations) {
    if (number > present) gone.push_back(path);
  }
  for (const auto& path : gone) RemoveDatabase(path);
}

std::vector<int> Generations::Superseded() const {
  const int present = current();
  std::vector<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const int number = NumberOf(entry.path().filename().string());
    if (number > 0 && number < present) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void RemoveDatabase(const std::filesystem::path& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path.string() + suffix, ignored);
}

}  // namespace ankisync
