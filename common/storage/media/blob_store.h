// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "common/core/byte_stream.h"
#include "common/core/ids.h"
#include "common/core/unique_fd.h"
#include "common/storage/media/media_content.h"

namespace ankisync {

// One user's media by content, in collection.media/:
//
//   ab/cdef…   the bytes whose SHA-1 is abcdef…; written once, never changed
//   tmp/       blobs on their way in; its presence says that the store is there
//
// A blob that is missing or wrong is lost, which the index then records. A store that is missing,
// or a disk that fails, is never taken for lost blobs: kUnavailable. Threads: any, with no lock;
// who may add and remove is blob_batch.h's and collect.h's business.
class BlobStore {
 public:
  enum class Depth {
    kSize,     // a system call
    kContent,  // reads and hashes all of it
  };

  explicit BlobStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool Exists() const;
  void EnsureExists() const;  // else kUnavailable
  void Create() const;        // in a folder that exists; no harm when it is there

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path PathOf(const Sha1Digest& sha1) const;
  std::filesystem::path NewTemporary() const;

  bool Holds(const MediaContent& content, Depth depth) const;

  // The blob, when all of it is there and is what its name says; nullptr when it is lost.
  std::shared_ptr<const UniqueFd> OpenIntact(const MediaContent& content) const;
  std::unique_ptr<ByteSource> Open(const MediaContent& content) const;

  bool Remove(const Sha1Digest& sha1) const;  // false: it was not there
  void ForEach(const std::function<void(const Sha1Digest&, std::uint64_t bytes)>& visit) const;

  // Removes what was left on its way in before `before`; returns how many.
  std::uint64_t RemoveTemporaries(UnixSeconds before) const;

 private:
  void ThrowUnlessLost(const std::filesystem::path& path) const;  // of an errno

  std::filesystem::path folder_;
};

}  // namespace ankisync
