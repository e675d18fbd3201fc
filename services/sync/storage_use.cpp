// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/storage_use.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "common/core/error.h"
#include "common/storage/media/media_index.h"
#include "common/storage/media/user_media.h"

namespace ankisync::sync {
namespace {

constexpr int kRoundSeconds = 300;
constexpr std::size_t kFirstRoundEachSecond = 50;  // soon known, without keeping requests waiting

}  // namespace

void StorageUse::EverySecond() {
  if (seconds_ == 0) BeginRound();
  seconds_ = (seconds_ + 1) % kRoundSeconds;
  if (remaining_.empty()) return;
  for (std::size_t i = 0; i < each_second_ && !remaining_.empty(); ++i) {
    LookAt(remaining_.back());
    remaining_.pop_back();
  }
  if (remaining_.empty()) EndRound();
}

void StorageUse::BeginRound() {
  try {
    remaining_ = list_folders_();
  } catch (const SyncError&) {  // the last round stands
    return;
  }
  const bool is_first = std::isnan(collection_bytes_.load());
  each_second_ = is_first ? kFirstRoundEachSecond : remaining_.size() / kRoundSeconds + 1;
  round_collection_bytes_ = round_media_bytes_ = 0;
  if (remaining_.empty()) EndRound();
}

void StorageUse::LookAt(const std::string& folder) {
  const auto path = volume_.root() / "collections" / "users" / folder;
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path / "collection.anki2", none);
  if (!none) round_collection_bytes_ += static_cast<std::int64_t>(bytes);
  try {
    round_media_bytes_ += MediaIndex::TotalsIn(UserMedia::IndexFile(path)).bytes;
  } catch (const SyncError&) {  // whoever syncs next is told what is wrong with it
  }
}

void StorageUse::EndRound() {
  collection_bytes_ = static_cast<double>(round_collection_bytes_);
  media_bytes_ = static_cast<double>(round_media_bytes_);
}

}  // namespace ankisync::sync
