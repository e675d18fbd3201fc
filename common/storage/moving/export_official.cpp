// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/export_official.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/sqlite/transaction.h"
#include "common/storage/media/media_import.h"
#include "common/storage/media/user_media.h"
#include "common/storage/moving/copy_collection.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr sqlite::Sql kMediaSchema4(R"sql(
    CREATE TABLE media (
      fname TEXT NOT NULL PRIMARY KEY,
      csum BLOB NOT NULL,
      size INT NOT NULL,
      usn INT NOT NULL,
      mtime INT NOT NULL
    );
    CREATE INDEX ix_usn ON media (usn);
    CREATE TABLE meta (
      last_usn INT NOT NULL,
      total_bytes INT NOT NULL,
      total_nonempty_files INT NOT NULL
    );
    PRAGMA user_version = 4;
  )sql");

class MediaExport {
 public:
  MediaExport(const BlobStore& blobs, const fs::path& to, Exported& exported)
      : blobs_(blobs),
        files_(to / "media"),
        db_(to / "media.db", sqlite::OpenMode::kCreate),
        exported_(exported) {
    fs::create_directory(files_);
    db_.Script(kMediaSchema4);
  }

  void Run(MediaIndex& index) {
    sqlite::Transaction transaction(db_);
    // What is replaced after this stays in the undo window: its blob does not go.
    const Usn last_usn = index.totals().last_usn;
    for (const MediaImport::Row& row : MediaImport::RowsOf(index)) Add(row);
    db_.Execute("INSERT INTO meta VALUES (?, ?, ?)", last_usn,
                static_cast<std::int64_t>(exported_.media_bytes),
                static_cast<std::int64_t>(exported_.media_files));
    transaction.Commit();
  }

 private:
  void Add(const MediaImport::Row& row) {
    if (!row.is_deleted) {
      if (!blobs_.Holds(row.content, BlobStore::Depth::kSize)) {
        exported_.remarks.push_back("file " + row.name + " is lost, and left out");
        return;
      }
      CloneFile(blobs_.PathOf(row.content.sha1), files_ / row.name);
      ++exported_.media_files;
      exported_.media_bytes += row.content.size;
    }
    const std::int64_t size = row.is_deleted ? 0 : static_cast<std::int64_t>(row.content.size);
    db_.Execute("INSERT INTO media VALUES (?, ?, ?, ?, ?)", row.name,
                sqlite::Blob{Bytes(row.content.sha1)}, size, row.usn, row.changed);
  }

  const BlobStore& blobs_;
  fs::path files_;
  sqlite::Connection db_;
  Exported& exported_;
};

// Everything in a folder of ours that nobody uses yet, at once.
void SyncFileSystemOf(const fs::path& folder) {
  if (::syncfs(OpenFile(folder, O_RDONLY | O_DIRECTORY).get()) != 0) ThrowErrno("sync", folder);
}

}  // namespace

Exported ExportOfficial(const fs::path& user_folder, const fs::path& to, const Clock& clock,
                        WorkerPool& disk) {
  if (fs::exists(to))
    throw SyncError(ErrorKind::kInconsistentData, to.string() + " exists already");
  const fs::path unfinished = to.string() + ".unfinished";
  fs::remove_all(unfinished);
  fs::create_directories(unfinished);
  Exported exported;
  CopyCollection(user_folder, unfinished / "collection.anki2");
  if (fs::exists(UserMedia::IndexFile(user_folder))) {
    UserMedia media(user_folder, {disk, clock, {}});
    MediaExport(media.blobs(), unfinished, exported).Run(media.index());
  }
  SyncFileSystemOf(unfinished);
  if (::rename(unfinished.c_str(), to.c_str()) != 0) ThrowErrno("rename to", to);
  SyncFolder(to.parent_path());
  return exported;
}

}  // namespace ankisync
