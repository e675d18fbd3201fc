// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/hash.h"
#include "common/core/ids.h"

namespace ankisync {

// One user's media as another server left them: what its index says, and where the files are.
struct ForeignMedia {
  struct Row {
    std::string name;
    std::int64_t usn = 0;
    bool is_deleted = false;
    std::optional<Sha1Digest>
        sha1;  // of a live row: what clients think; of a deleted one: its last
    UnixSeconds changed{};
  };

  std::filesystem::path files;  // need not exist
  std::vector<Row> rows;        // one per name
  std::int64_t last_usn = 0;
  bool trusts_deletions = true;  // false: a file that is there is live, whatever its row says
};

// Reads whichever index the folder has:
//
//   media.db                    official, versions 4 and 3         files in media/
//   collection.media.server.db  Python servers, classic and seed   files in collection.media/
//   collection.media.db2        a client's own, where nothing better is there
//
// None: no rows. `scratch` is for copies. Errors: kInconsistentData for an index of another form;
// those of SourceDatabase. Source: docs/other-servers.md.
ForeignMedia ReadForeignMedia(const std::filesystem::path& user_folder,
                              const std::filesystem::path& scratch);

}  // namespace ankisync
