// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/cells/volume_cell.h"

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {

std::optional<std::string> CellOf(const Volume& volume) {
  auto name = ReadFile(volume.root() / "cell", 256);
  while (name && name->ends_with('\n')) name->pop_back();
  return name;
}

void ClaimVolume(const Volume& volume, std::string_view self) {
  const auto owner = CellOf(volume);
  if (!owner) return WriteFileAtomically(volume.root() / "cell", std::string(self) + "\n");
  if (*owner != self) {
    throw SyncError(ErrorKind::kInconsistentData,
                    "data folder " + volume.root().string() + " is that of cell " + *owner +
                        " and not of " + std::string(self) + ": is the right disk mounted?");
  }
}

}  // namespace ankisync
