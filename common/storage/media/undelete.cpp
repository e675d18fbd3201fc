// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/undelete.h"

#include <algorithm>

namespace ankisync {
namespace {

constexpr std::size_t kFilesAtOnce = 25;  // their contents are hashed under the index's lock

}  // namespace

std::vector<std::string> Undelete(UserMedia& media, std::span<const MediaIndex::Former> files) {
  std::vector<std::string> lost;
  while (!files.empty()) {
    MediaUpdate update(media.index(), media.now());
    const auto some = files.first(std::min(kFilesAtOnce, files.size()));
    for (const auto& [name, content, ended, state] : some) {
      // Under the lock, so that no collection takes the blob before the row refers to it.
      if (media.blobs().Holds(content, BlobStore::Depth::kContent)) {
        update.Put(name, content);
      } else {
        lost.push_back(name);
      }
    }
    update.Commit();
    files = files.subspan(some.size());
  }
  return lost;
}

}  // namespace ankisync
