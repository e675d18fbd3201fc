// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/methods/media_quota.h"

#include <map>
#include <vector>

namespace ankisync::media {
namespace {

bool IsBeyond(std::optional<std::int64_t> max, std::int64_t before, std::int64_t after) {
  return max && after > before && after > *max;
}

}  // namespace

std::size_t CountFitting(std::span<const PlannedChange> changes, const Quota& quota,
                         MediaIndex& index) {
  if (!quota.media_bytes_max && !quota.media_files_max) return changes.size();
  std::vector<std::string> names;
  for (const PlannedChange& change : changes) names.push_back(change.name);
  const auto live = index.Live(names);
  std::map<std::string, std::int64_t> held;  // bytes, by name
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (live[i]) held.emplace(names[i], static_cast<std::int64_t>(live[i]->size));
  }

  const MediaIndex::Totals totals = index.totals();
  std::int64_t bytes = totals.bytes;
  std::int64_t files = totals.files;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& [name, new_bytes] = changes[i];
    const auto known = held.find(name);
    const std::int64_t files_before = files;
    const std::int64_t bytes_before = bytes;
    if (known != held.end()) {
      --files;
      bytes -= known->second;
      held.erase(known);
    }
    if (!new_bytes) continue;
    ++files;
    bytes += *new_bytes;
    held.emplace(name, *new_bytes);
    if (IsBeyond(quota.media_files_max, files_before, files) ||
        IsBeyond(quota.media_bytes_max, bytes_before, bytes))
      return i;
  }
  return changes.size();
}

}  // namespace ankisync::media
