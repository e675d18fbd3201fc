// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/import_collection.h"

#include "common/core/error.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/upload_check.h"
#include "common/storage/moving/source_database.h"

namespace ankisync {
namespace {

[[noreturn]] void RefuseDamaged(const std::filesystem::path& collection, const std::string& why) {
  throw SyncError(ErrorKind::kInconsistentData, collection.string() + " is damaged: " + why);
}

// What a WAL or a journal beside the file says becomes part of it.
void TakeInSideFiles(const std::filesystem::path& file, const std::filesystem::path& collection) {
  try {
    sqlite::Connection db(file, sqlite::OpenMode::kReadWrite, {.trust = sqlite::Trust::kForeign});
    if (db.Text("PRAGMA journal_mode = DELETE") != "delete")
      RefuseDamaged(collection, "its WAL cannot be read");
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kInternal) throw;
    RefuseDamaged(collection, error.what());
  }
}

}  // namespace

void ImportCollection(const std::filesystem::path& collection, SourceFiles source,
                      const std::filesystem::path& user_folder, UnixMillis now) {
  Generations generations(user_folder);
  generations.Sweep();
  if (!std::filesystem::exists(collection)) return;
  if (generations.current() == 0) {
    const std::filesystem::path file = generations.NewFile();
    CopyForeignDatabase(collection, file);
    TakeInSideFiles(file, collection);
    if (const auto refusal = CheckUpload(file, now)) {
      RemoveDatabase(file);
      RefuseDamaged(collection, refusal->detail);
    }
    generations.SwitchToNewFile();
  }
  if (source == SourceFiles::kLeave) RemoveDatabase(collection);
}

}  // namespace ankisync
