// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "common/storage/volume/volume.h"

namespace ankisync::sync {

// How many bytes the collections and the media of all accounts take, for metrics, so that a scrape
// asks nobody. Accounts are looked at one after the other, some each second: the size of the
// collection's file, and what the media index itself says; no directory is read. NaN until each was
// looked at once; then a few minutes old.
//
// Threads: EverySecond() one at a time, the rest any.
class StorageUse {
 public:
  // `list_folders` gives the folders of all accounts, which may be missing; it may throw SyncError.
  StorageUse(const Volume& volume, std::function<std::vector<std::string>()> list_folders)
      : volume_(volume), list_folders_(std::move(list_folders)) {}

  void EverySecond();

  double collection_bytes() const { return collection_bytes_; }
  double media_bytes() const { return media_bytes_; }

 private:
  void BeginRound();
  void LookAt(const std::string& folder);
  void EndRound();

  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

  const Volume& volume_;
  const std::function<std::vector<std::string>()> list_folders_;
  int seconds_ = 0;                     // of this round
  std::vector<std::string> remaining_;  // of this round
  std::size_t each_second_ = 0;
  std::int64_t round_collection_bytes_ = 0;
  std::int64_t round_media_bytes_ = 0;
  std::atomic<double> collection_bytes_ = kUnknown;
  std::atomic<double> media_bytes_ = kUnknown;
};

}  // namespace ankisync::sync
