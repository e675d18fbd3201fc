// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/media/blob_batch.h"
#include "common/storage/media/blob_store.h"
#include "common/storage/media/media_index.h"
#include "common/storage/media/media_update.h"

namespace ankisync {

// One user's media: the index and the blobs behind it, kept in step.
//
// An upload's way: blobs are written and synced with no lock held, then, under the index's lock and
// in its transaction, published, their folders synced, and the rows written. A crash anywhere
// leaves at most blobs that nothing refers to.
//
// Threads: any.
class UserMedia {
 public:
  struct Tools {
    WorkerPool& disk;  // for fsyncs alone
    const Clock& clock;
    OnMediaStep on_step;
  };

  struct Change {
    std::string name;
    std::optional<MediaContent> content;  // nothing: a deletion
  };

  struct Applied {
    Usn last_usn{};
    std::int64_t added = 0;
    std::int64_t replaced = 0;
    std::int64_t deleted = 0;
    std::int64_t identical = 0;
    std::int64_t was_not_there = 0;
  };

  // Makes what is missing for a user who has no media yet. kUnavailable when the blobs are there
  // but not the index. Blobs that should be there and are not make uploads and downloads
  // kUnavailable.
  UserMedia(const std::filesystem::path& user_folder, Tools tools);

  MediaIndex& index() { return index_; }
  const BlobStore& blobs() const { return blobs_; }
  UnixSeconds now() const { return ToSeconds(tools_.clock.Now()); }

  BlobBatch NewBatch() const { return {blobs_, tools_.disk, tools_.on_step}; }

  // All of it or nothing, in order. `batch` holds the contents that the changes name.
  Applied Apply(std::span<const Change> changes, BlobBatch& batch);

  // Withdraws those of `suspects` whose blob is lost, looked at once more under the index's lock.
  // How many rows.
  std::int64_t WithdrawLost(std::span<const MediaContent> suspects);

  static std::filesystem::path IndexFile(const std::filesystem::path& user_folder);
  static std::filesystem::path BlobFolder(const std::filesystem::path& user_folder);

 private:
  BlobStore blobs_;
  MediaIndex index_;
  Tools tools_;
};

}  // namespace ankisync
