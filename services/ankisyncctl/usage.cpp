// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/usage.h"

#include "common/storage/media/media_index.h"
#include "common/storage/media/user_media.h"

namespace ankisync::ctl {

Usage UsageOf(const Volume& volume, const std::string& folder) {
  const auto path = volume.root() / "collections" / "users" / folder;
  Usage usage;
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path / "collection.anki2", none);
  if (!none) usage.collection_bytes = static_cast<std::int64_t>(bytes);
  const auto totals = MediaIndex::TotalsIn(UserMedia::IndexFile(path));
  usage.media_bytes = totals.bytes;
  usage.media_files = totals.files;
  return usage;
}

std::string OfBound(std::int64_t used, std::optional<std::int64_t> bound,
                    std::string (*text)(std::int64_t)) {
  return bound ? text(used) + " of " + text(*bound) : text(used);
}

std::string CountText(std::int64_t count) { return std::to_string(count); }

}  // namespace ankisync::ctl
