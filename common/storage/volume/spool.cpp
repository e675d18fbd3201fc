// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/spool.h"

#include <unistd.h>

#include "common/core/error.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kSweepWait{10'000};

void SweepTheDead(const fs::path& spools) {
  std::error_code unreadable;  // what cannot be swept does no harm
  for (const auto& entry : fs::directory_iterator(spools, unreadable)) {
    if (!entry.is_directory(unreadable)) continue;
    const auto dead = FileLock::Acquire(entry.path() / "alive");
    if (dead) fs::remove_all(entry.path(), unreadable);
  }
}

// Whoever sweeps must not find a folder between its making and its locking.
FileLock SweepAndClaim(const fs::path& folder) {
  const fs::path spools = folder.parent_path();
  const auto turn = FileLock::Acquire(spools / "lock", kSweepWait);
  if (!turn) throw SyncError(ErrorKind::kUnavailable, spools.string() + " is locked for too long");
  SweepTheDead(spools);
  std::error_code error;
  if (!fs::create_directory(folder, error))
    throw SyncError(ErrorKind::kUnavailable, folder.string() + ": " + error.message());
  return std::move(*FileLock::Acquire(folder / "alive"));
}

}  // namespace

Spool::Spool(const Volume& volume)
    : folder_(volume.root() / "spool" / (std::to_string(::getpid()) + "-" + RandomToken())),
      alive_(SweepAndClaim(folder_)) {}

Spool::~Spool() {
  std::error_code ignored;  // whoever starts next sweeps
  fs::remove_all(folder_, ignored);
}

}  // namespace ankisync
