// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/blob_batch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>
#include <utility>

#include "common/codec/crc32.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = 256 * 1024;

void Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return;
  const fs::path shard = to.parent_path();
  if (errno != ENOENT || (::mkdir(shard.c_str(), 0700) != 0 && errno != EEXIST) ||
      ::rename(from.c_str(), to.c_str()) != 0)
    ThrowErrno("rename to", to);
}

}  // namespace

BlobBatch::BlobBatch(const BlobStore& store, WorkerPool& disk, OnMediaStep on_step)
    : store_(store),
      disk_(disk),
      on_step_(std::move(on_step)),
      buffer_(kBufferBytes),
      syncs_(disk) {}

BlobBatch::~BlobBatch() {
  for (const Blob& blob : blobs_) ::unlink(blob.temporary.c_str());
}

MediaContent BlobBatch::Add(ByteSource& bytes, std::optional<std::uint32_t> crc32) {
  if (blobs_.empty()) store_.EnsureExists();
  Blob& blob = blobs_.emplace_back(Blob{store_.NewTemporary(), {}});
  UniqueFd file = OpenFile(blob.temporary, O_WRONLY | O_CREAT | O_EXCL);
  Step(MediaStep::kBlobBegun);
  const MediaContent content =
      Measure(bytes, crc32, [&](std::string_view piece) { WriteAll(file.get(), piece); });
  blob.sha1 = content.sha1;
  syncs_.Add(std::move(file));
  Step(MediaStep::kBlobWritten);
  return content;
}

MediaContent BlobBatch::AddFile(const fs::path& path) {
  Blob& blob = blobs_.emplace_back(Blob{store_.NewTemporary(), {}});
  CloneFile(path, blob.temporary);
  const auto copy = std::make_shared<const UniqueFd>(OpenFile(blob.temporary, O_RDONLY));
  FileSource bytes(copy, 0, fs::file_size(blob.temporary));
  const MediaContent content = Measure(bytes, std::nullopt, [](std::string_view) {});
  blob.sha1 = content.sha1;
  syncs_.Add(OpenFile(blob.temporary, O_RDONLY));
  Step(MediaStep::kBlobWritten);
  return content;
}

MediaContent BlobBatch::Measure(ByteSource& bytes, std::optional<std::uint32_t> crc32,
                                const std::function<void(std::string_view)>& each_piece) {
  MediaContent content;
  Sha1Hasher hasher;
  while (const std::size_t count = bytes.Read(buffer_)) {
    const std::string_view piece(buffer_.data(), count);
    each_piece(piece);
    hasher.Update(piece);
    if (!crc32) content.crc32 = Crc32(piece, content.crc32);
    content.size += count;
  }
  content.sha1 = hasher.Finish();
  if (crc32) content.crc32 = *crc32;
  return content;
}

void BlobBatch::Sync() {
  syncs_.Wait();
  Step(MediaStep::kBlobsSynced);
}

void BlobBatch::Publish() {
  if (blobs_.empty()) return;
  // Always the store's folder too: a crashed process may have left a shard in it that no fsync saw.
  std::set<fs::path> folders{store_.folder()};
  for (; !blobs_.empty(); blobs_.pop_back()) {
    const fs::path path = store_.PathOf(blobs_.back().sha1);
    Rename(blobs_.back().temporary, path);
    folders.insert(path.parent_path());
    Step(MediaStep::kBlobPublished);
  }
  SyncGroup syncs(disk_);
  for (const fs::path& folder : folders) syncs.Add(OpenFile(folder, O_RDONLY | O_DIRECTORY));
  syncs.Wait();
  Step(MediaStep::kFoldersSynced);
}

}  // namespace ankisync
