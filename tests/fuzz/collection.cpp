// SPDX-License-Identifier: AGPL-3.0-or-later
// An uploaded file: it is refused, or it is a collection that can be read as a whole, and be made
// one of schema 11.
#include "common/storage/collection/collection.h"

#include <fcntl.h>

#include <filesystem>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/collection/legacy/downgrade.h"
#include "common/storage/collection/upload_check.h"
#include "services/sync/testing/scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  static const TemporaryFolder folder(sync::Scratch());
  const auto path = folder.path() / "collection.new";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path.string() + suffix);
  {
    const UniqueFd file = OpenFile(path, O_WRONLY | O_CREAT);
    WriteAll(file.get(), {reinterpret_cast<const char*>(data), size});
  }
  try {
    if (CheckUpload(path, UnixMillis{1'795'500'000'000})) return 0;
  } catch (const SyncError& error) {
    // SQLite may take a crafted file's own bound for a full disk: the client is to try again.
    if (error.kind() == ErrorKind::kUnavailable) return 0;
    throw;
  }
  {
    Collection collection(path);
    collection.CountRows();
    collection.AnyUnsent();
  }
  DowngradeToSchema11(path);
  return 0;
}
