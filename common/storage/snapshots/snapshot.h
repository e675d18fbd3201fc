// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/ids.h"
#include "common/storage/snapshots/collection_facts.h"

namespace ankisync {

// One collection as it once was, in a user's folder snapshots/:
//
//   20261124T081015Z-upload.anki2.zst   the file, as one zstd frame
//   20261124T081015Z-upload.json        what is in it, and whether it is pinned; may be lost
struct Snapshot {
  // What was done to the collection next, or that a day had passed, or that somebody asked.
  enum class Reason { kUpload, kRestore, kDaily, kManual };

  std::string name;  // "20261124T081015Z-upload"
  UnixSeconds taken{};
  Reason reason{};
  std::uint64_t bytes = 0;             // compressed
  bool is_pinned = false;              // stays until somebody removes it
  std::uint64_t collection_bytes = 0;  // 0: not known
  std::optional<CollectionFacts> facts;
};

std::string_view NameOf(Snapshot::Reason reason);  // "upload" …

std::string SnapshotName(UnixSeconds taken, Snapshot::Reason reason);

// Nothing for a name that is none. `name` has no suffix; only name, taken and reason are set.
std::optional<Snapshot> ParseSnapshotName(std::string_view name);

// The text of the .json. Reading takes what it finds: a description that is damaged describes
// nothing.
std::string Describe(const Snapshot& snapshot);
void ReadDescription(std::string text, Snapshot& into);

}  // namespace ankisync
