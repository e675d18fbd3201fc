// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include "common/storage/media/user_media.h"

namespace ankisync {

struct MediaFindings {
  std::int64_t rows = 0;        // live ones that were looked at
  std::int64_t lost = 0;        // of these: without their content, now withdrawn
  std::int64_t reinstated = 0;  // withdrawn ones whose content is there again
  bool totals_were_wrong = false;
};

// What lies in a store.
struct MediaBlobs {
  std::int64_t blobs = 0;
  std::int64_t bytes = 0;
  std::int64_t orphans = 0;  // of these blobs: that nothing refers to
  std::int64_t orphan_bytes = 0;
};

// Compares the index with the blobs, all of it, and repairs what can be repaired; clients that have
// a withdrawn file send it again. May run while the media are served. `stop` is asked now and then.
MediaFindings VerifyMedia(UserMedia& media, BlobStore::Depth depth,
                          const std::function<bool()>& stop = {});

MediaBlobs CountBlobs(UserMedia& media);

}  // namespace ankisync
