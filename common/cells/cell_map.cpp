// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/cells/cell_map.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/volume/file_lock.h"

namespace ankisync {
namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{16} << 20;
constexpr std::size_t kCellsMax = 1000;
constexpr std::uint16_t kNoCell = 0xFFFF;
constexpr std::chrono::seconds kPatience{10};

[[noreturn]] void Refuse(const std::string& sentence) {
  throw SyncError(ErrorKind::kInconsistentData, sentence);
}

std::string TextOf(const YAML::Node& node, const std::string& what) {
  if (!node.IsDefined() || !node.IsScalar() || node.Scalar().empty()) Refuse(what + " is missing");
  return node.Scalar();
}

YAML::Node MapOf(const YAML::Node& node, const std::string& what,
                 const std::set<std::string>& keys) {
  if (!node.IsMap()) Refuse(what + " is no map");
  for (const auto& member : node) {
    if (!keys.empty() && !keys.contains(member.first.Scalar()))
      Refuse(what + ": unknown key " + member.first.Scalar());
  }
  return node;
}

bool IsCellName(const std::string& name) {
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// The base that clients and cells put "sync/meta" behind.
std::string UrlOf(const YAML::Node& node, const std::string& what) {
  std::string url = TextOf(node, what);
  const bool is_web = url.starts_with("http://") || url.starts_with("https://");
  if (!is_web || url.find_first_of(" ?#\"\r\n") != std::string::npos)
    Refuse(what + " is no address such as https://a.example.org/: " + url);
  if (!url.ends_with('/')) url += '/';
  return url;
}

template <typename Number>
Number NumberOf(std::string_view digits, Number max, const std::string& what) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 0 || number > max)
    Refuse(what + " is no number up to " + std::to_string(max) + ": " + std::string(digits));
  return number;
}

// "600" or "0-511", both ends included.
std::pair<unsigned, unsigned> RangeOf(const std::string& text) {
  const auto dash = text.find('-');
  const std::string_view all = text;
  const unsigned first = NumberOf(all.substr(0, dash), kBuckets - 1, "a bucket");
  if (dash == std::string::npos) return {first, first};
  const unsigned last = NumberOf(all.substr(dash + 1), kBuckets - 1, "a bucket");
  if (last < first) Refuse("buckets " + text + " end before they begin");
  return {first, last};
}

}  // namespace

CellMap CellMap::Parse(const std::string& text) try {
  const YAML::Node file =
      MapOf(YAML::Load(text), "the file of cells", {"cells", "buckets", "exceptions"});
  CellMap map;
  std::set<std::string> urls;
  for (const auto& member : MapOf(file["cells"], "cells", {})) {
    const std::string name = member.first.Scalar();
    const std::string what = "cell " + name;
    if (!IsCellName(name)) Refuse(what + ": a name has letters, digits and dashes");
    const YAML::Node cell = MapOf(member.second, what, {"url", "internal"});
    Cell& added = map.cells_.emplace_back();
    added.name = name;
    added.url = UrlOf(cell["url"], what + ": url");
    added.internal = cell["internal"] ? UrlOf(cell["internal"], what + ": internal") : added.url;
    if (!urls.insert(added.url).second) Refuse(what + ": another cell has its url, " + added.url);
  }
  if (map.cells_.empty() || map.cells_.size() > kCellsMax) Refuse("there are no cells");

  map.cell_of_bucket_.fill(kNoCell);
  for (const auto& member : MapOf(file["buckets"], "buckets", {})) {
    const auto cell = static_cast<std::uint16_t>(map.IndexOf(member.first.Scalar()));
    for (const auto& range : member.second) {
      const auto [first, last] = RangeOf(range.Scalar());
      for (unsigned bucket = first; bucket <= last; ++bucket) {
        if (std::exchange(map.cell_of_bucket_[bucket], cell) != kNoCell)
          Refuse("bucket " + std::to_string(bucket) + " is in two cells");
      }
    }
  }
  const auto lost = std::ranges::find(map.cell_of_bucket_, kNoCell);
  if (lost != map.cell_of_bucket_.end())
    Refuse("bucket " + std::to_string(lost - map.cell_of_bucket_.begin()) + " is in no cell");

  for (const auto& node : file["exceptions"]) {
    const YAML::Node exception = MapOf(node, "an exception", {"account", "user", "cell"});
    const std::string account = TextOf(exception["account"], "an exception's account");
    const auto id = static_cast<AccountId>(
        NumberOf<std::int64_t>(account, std::int64_t{1} << 53, "an exception's account"));
    const std::string user = TextOf(exception["user"], "the user of exception " + account);
    if (map.exceptions_.contains(id)) Refuse("account " + account + " has two exceptions");
    if (map.exception_of_user_.contains(user)) Refuse("user " + user + " has two exceptions");
    map.Place(id, user, TextOf(exception["cell"], "the cell of exception " + account),
              Keep::kAlways);
  }
  return map;
} catch (const YAML::Exception& error) {
  Refuse(std::string("the file of cells cannot be read: ") + error.what());
}

std::string CellMap::Text() const {
  const auto quoted = [](std::string_view text) {
    std::string json;
    json::Writer(json).Text(text);
    return json;
  };
  std::string text = "cells:\n";
  for (const Cell& cell : cells_) {
    text += "  " + quoted(cell.name) + ": {url: " + quoted(cell.url);
    if (cell.internal != cell.url) text += ", internal: " + quoted(cell.internal);
    text += "}\n";
  }
  text += "buckets:\n";
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    text += "  " + quoted(cells_[cell].name) + ": [";
    const char* separator = "";
    for (unsigned first = 0, end; first < kBuckets; first = end) {
      for (end = first; end < kBuckets && cell_of_bucket_[end] == cell;) ++end;
      if (end == first) {
        ++end;
        continue;
      }
      text += std::exchange(separator, ", ") + std::to_string(first);
      if (end - first > 1) text += "-" + std::to_string(end - 1);
    }
    text += "]\n";
  }
  text += exceptions_.empty() ? "exceptions: []\n" : "exceptions:\n";
  for (const auto& [account, exception] : exceptions_) {
    text += "  - {account: " + std::to_string(Raw(account)) + ", user: " + quoted(exception.user) +
            ", cell: " + quoted(exception.cell) + "}\n";
  }
  return text;
}

std::size_t CellMap::IndexOf(std::string_view cell) const {
  const auto found = std::ranges::find(cells_, cell, &Cell::name);
  if (found == cells_.end()) Refuse("there is no cell " + std::string(cell));
  return static_cast<std::size_t>(found - cells_.begin());
}

const CellMap::Cell& CellMap::Named(std::string_view cell) const { return cells_[IndexOf(cell)]; }

const CellMap::Cell& CellMap::HomeOf(AccountId account, unsigned bucket) const {
  const auto exception = exceptions_.find(account);
  return exception != exceptions_.end() ? Named(exception->second.cell) : HomeOfBucket(bucket);
}

const CellMap::Cell& CellMap::HomeOfUser(std::string_view user_name) const {
  const auto account = exception_of_user_.find(user_name);
  return account != exception_of_user_.end() ? Named(exceptions_.at(account->second).cell)
                                             : HomeOfBucket(BucketOf(user_name));
}

void CellMap::Place(AccountId account, const std::string& user_name, std::string_view cell,
                    Keep keep) {
  const Cell& home = Named(cell);
  const auto forget = [this](AccountId id) {
    const auto former = exceptions_.find(id);
    if (former == exceptions_.end()) return;
    exception_of_user_.erase(former->second.user);
    exceptions_.erase(former);
  };
  forget(account);
  const auto namesake = exception_of_user_.find(user_name);
  if (namesake != exception_of_user_.end()) forget(AccountId{namesake->second});
  if (keep == Keep::kWhereNeeded && &HomeOfBucket(BucketOf(user_name)) == &home) return;
  exceptions_[account] = {user_name, home.name};
  exception_of_user_[user_name] = account;
}

void CellMap::PlaceBucket(unsigned bucket, std::string_view cell) {
  cell_of_bucket_.at(bucket) = static_cast<std::uint16_t>(IndexOf(cell));
}

CellMap ReadCellMap(const std::filesystem::path& file) {
  const auto text = ReadFile(file, kFileBytesMax);
  if (!text) throw SyncError(ErrorKind::kUnavailable, "there is no file " + file.string());
  try {
    return CellMap::Parse(*text);
  } catch (const SyncError& error) {
    Refuse(file.string() + ": " + error.what());
  }
}

CellMap ChangeCellMap(const std::filesystem::path& file,
                      const std::function<void(CellMap&)>& change) {
  // Through a link, which may be a program's or a person's way to switch it.
  const std::filesystem::path target = std::filesystem::weakly_canonical(file);
  const auto lock = FileLock::Acquire(target.string() + ".lock", kPatience);
  if (!lock) throw SyncError(ErrorKind::kUnavailable, file.string() + " is being changed");
  CellMap map = ReadCellMap(target);
  change(map);
  WriteFileAtomically(target, map.Text(), 0644);
  return map;
}

}  // namespace ankisync
