// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "common/core/byte_stream.h"
#include "common/storage/media/blob_store.h"
#include "common/storage/media/media_step.h"
#include "common/storage/media/sync_group.h"

namespace ankisync {

// Blobs on their way in: written and synced side by side under temporary names with no lock held,
// then published. Every blob is written anew, also one that the store seems to have, which repairs
// a damaged one. What was not published goes with the batch. One thread at a time.
class BlobBatch {
 public:
  BlobBatch(const BlobStore& store, WorkerPool& disk, OnMediaStep on_step);
  ~BlobBatch();
  BlobBatch(const BlobBatch&) = delete;
  BlobBatch& operator=(const BlobBatch&) = delete;

  // Reads `bytes` to their end, hashing them meanwhile; `crc32` where it is known already.
  MediaContent Add(ByteSource& bytes, std::optional<std::uint32_t> crc32 = std::nullopt);

  // A file that lies on this machine: its blocks are shared where the file system can.
  MediaContent AddFile(const std::filesystem::path& file);

  // Waits until all of them are on the disk.
  void Sync();

  // Renames them to their hashes and syncs the folders. Under the index's lock, inside the
  // transaction that will refer to them: so no collection can take one away in between.
  void Publish();

 private:
  struct Blob {
    std::filesystem::path temporary;
    Sha1Digest sha1;
  };

  MediaContent Measure(ByteSource& bytes, std::optional<std::uint32_t> crc32,
                       const std::function<void(std::string_view)>& each_piece);
  void Step(MediaStep step) const {
    if (on_step_) on_step_(step);
  }

  const BlobStore& store_;
  WorkerPool& disk_;
  const OnMediaStep on_step_;
  std::vector<Blob> blobs_;  // not published
  std::vector<char> buffer_;
  SyncGroup syncs_;
};

}  // namespace ankisync
