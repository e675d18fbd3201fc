// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/copy_user.h"

#include <fcntl.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/core/error.h"
#include "common/core/file_hash.h"
#include "common/core/files.h"
#include "common/sqlite/database_file.h"
#include "common/storage/collection/generations.h"
#include "common/storage/media/blob_batch.h"
#include "common/storage/media/blob_store.h"
#include "common/storage/media/user_media.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlobsAtOnce = 200;      // a fsync of each folder for so many
constexpr std::chrono::seconds kPatience{30};  // for media that is being committed
constexpr char kSnapshots[] = "snapshots";

bool IsDatabase(const fs::path& file) {
  return file.extension() == ".anki2" || file.extension() == ".db";
}

// The files of a folder that last; a database's side files, locks and what is on its way do not.
std::vector<fs::path> LastingFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const bool is_passing = name.ends_with("-wal") || name.ends_with("-shm") || name == "lock" ||
                            name.ends_with(".lock") || name.starts_with("tmp") ||
                            name.starts_with("collection.new") ||
                            name.starts_with("collection.copy-");
    if (!is_passing && !entry.is_symlink() && entry.is_regular_file())
      files.push_back(entry.path());
  }
  return files;
}

[[noreturn]] void ThrowDiffers(const fs::path& copy) {
  throw SyncError(ErrorKind::kInternal,
                  copy.string() + " is not what its source is: is a disk failing?");
}

void Sync(const fs::path& file) { SyncFile(OpenFile(file, O_RDONLY | O_CLOEXEC).get()); }

// Twice, the second time for comparison: nobody changes it meanwhile.
void CopyComparedDatabase(const fs::path& from, const fs::path& to) {
  const fs::path again = to.string() + ".again";
  sqlite::Connection source(from, sqlite::OpenMode::kReadOnly);
  for (const fs::path& copy : {to, again}) {
    RemoveDatabase(copy);
    sqlite::CopyDatabase(source, copy);
  }
  const bool is_same = Sha1OfFile(to) == Sha1OfFile(again);
  RemoveDatabase(again);
  if (!is_same) ThrowDiffers(to);
  Sync(to);
}

void CopyComparedFile(const fs::path& from, const fs::path& to) {
  fs::remove(to);
  CloneFile(from, to);
  Sync(to);
  if (Sha1OfFile(from) != Sha1OfFile(to)) ThrowDiffers(to);
}

void CopyFiles(const fs::path& from, const fs::path& to) {
  for (const fs::path& file : LastingFiles(from)) {
    if (IsDatabase(file)) {
      CopyComparedDatabase(file, to / file.filename());
    } else {
      CopyComparedFile(file, to / file.filename());
    }
  }
  SyncFolder(to);
}

// Those of a store that the other has not got.
std::vector<fs::path> Missing(const BlobStore& from, const BlobStore& to) {
  std::vector<fs::path> missing;
  from.ForEach([&](const Sha1Digest& sha1, std::uint64_t bytes) {
    std::error_code none;
    if (fs::file_size(to.PathOf(sha1), none) != bytes || none) missing.push_back(from.PathOf(sha1));
  });
  return missing;
}

}  // namespace

UserSizes SizesOf(const fs::path& user_folder) {
  UserSizes sizes;
  for (const fs::path& file : LastingFiles(user_folder))
    sizes.database_bytes += fs::file_size(file);
  for (const fs::path& file : LastingFiles(user_folder / kSnapshots))
    sizes.snapshot_bytes += fs::file_size(file);
  const BlobStore store(UserMedia::BlobFolder(user_folder));
  if (!store.Exists()) return sizes;
  store.ForEach([&](const Sha1Digest&, std::uint64_t bytes) {
    ++sizes.media_files;
    sizes.media_bytes += bytes;
  });
  return sizes;
}

void CopyMedia(const fs::path& from, const fs::path& to, WorkerPool& disk) {
  const BlobStore source(UserMedia::BlobFolder(from));
  const BlobStore target(UserMedia::BlobFolder(to));
  if (!source.Exists()) return;
  fs::create_directories(to);
  target.Create();
  const std::vector<fs::path> missing = Missing(source, target);
  for (std::size_t i = 0; i < missing.size();) {
    BlobBatch batch(target, disk, {});
    for (const std::size_t end = std::min(missing.size(), i + kBlobsAtOnce); i < end; ++i) {
      // One that is collected meanwhile is wanted by nobody; a damaged one goes to its own hash,
      // and is missing there as it is here.
      if (fs::exists(missing[i])) batch.AddFile(missing[i]);
    }
    batch.Sync();
    batch.Publish();
  }
}

void CopyUser(const fs::path& from, const fs::path& to, WorkerPool& disk) {
  fs::create_directories(to / kSnapshots);
  {
    // A batch of media that came in before the hold may be committed at any moment.
    std::optional<FileLock> still;
    const fs::path index = UserMedia::IndexFile(from);
    if (fs::exists(index)) still = LockDatabase(index, kPatience);
    CopyFiles(from, to);
  }
  const int generation = Generations(from).current();
  if (generation != 0) {
    const Generations copied(to);
    fs::remove(copied.link());
    fs::create_symlink(copied.PathOf(generation).filename(), copied.link());
  }
  CopyFiles(from / kSnapshots, to / kSnapshots);
  CopyMedia(from, to, disk);  // after the index: whatever it names was there before
  SyncFolder(to);
}

}  // namespace ankisync
