// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "common/storage/media/user_media.h"

namespace ankisync {

struct MediaCollected {
  std::int64_t former = 0;       // entries of the undo window that ended
  std::int64_t blobs = 0;        // that nothing referred to any more
  std::int64_t bytes = 0;        // of these
  std::int64_t orphans = 0;      // of these blobs: left by a crash
  std::int64_t temporaries = 0;  // unfinished uploads of dead processes
};

// Every blob is removed under the index's lock, in which uploads publish: what an upload has
// brought is either referred to by then or brought again afterwards. So both may run while the
// media are served, with uploads by other processes.

// Removes some content that was replaced or deleted longer than `retention` ago. Costs a look at an
// index when there is none.
MediaCollected CollectExpired(UserMedia& media, std::chrono::seconds retention);

// Removes all of it, and what crashes left. `stop` is asked now and then.
MediaCollected CollectMedia(UserMedia& media, std::chrono::seconds retention,
                            const std::function<bool()>& stop = {});

}  // namespace ankisync
