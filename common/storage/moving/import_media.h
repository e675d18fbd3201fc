// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/storage/media/user_media.h"
#include "common/storage/moving/foreign_media.h"

namespace ankisync {

enum class SourceFiles {
  kStay,   // copied, or their blocks shared: never hard links, since others overwrite in place
  kLeave,  // removed as soon as they are safe here, for those who are short of space
};

// So many may be there twice with SourceFiles::kLeave; more where a single file is larger.
inline constexpr std::uint64_t kImportedBytesAtOnce = std::uint64_t{16} << 20;

struct MediaPlan {
  // What becomes of one file or row.
  struct Entry {
    std::string name;                // NFC
    std::filesystem::path file;      // empty: a deletion
    std::optional<Usn> usn;          // nothing: a fresh one
    std::optional<Sha1Digest> sha1;  // as the old index has it
    UnixSeconds changed{};
  };

  std::vector<Entry> entries;        // those that keep their usn first, ascending
  Usn last_usn{};                    // of the old index
  std::uint64_t bytes = 0;           // of all files
  std::vector<std::string> remarks;  // what is left aside and why
};

// Compares the index with the files. The files decide what there is, the index decides usns and
// deletions: a live row without its file is left out, never announced as deleted; a file without a
// row is added with a usn above all others. Where the usns cannot be kept, all rows get fresh
// ones above the last, so that every client compares. Reads no file's content.
// Source: docs/other-servers.md.
MediaPlan PlanMedia(const ForeignMedia& foreign);

// Fills the index of a user whom nobody serves; goes on where a killed import stopped. A file whose
// content is not what its row says gets a fresh usn. `progress` is called with the files done; what
// it throws stops the import.
void ImportMedia(const MediaPlan& plan, SourceFiles source, UserMedia& media,
                 const std::function<void(std::uint64_t files)>& progress);

}  // namespace ankisync
