// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>

namespace ankisync {

// The steps of an upload in their order, which is what makes a crash at any of them harmless: the
// commit is the only switch, and what it refers to is on the disk by then.
enum class MediaStep {
  kBlobBegun,      // an empty file under a temporary name; once per blob
  kBlobWritten,    // all of it, perhaps not on the disk; once per blob
  kBlobsSynced,    // all of the batch
  kBlobPublished,  // renamed to its hash; once per blob
  kFoldersSynced,
  kRowsWritten,
  kCommitted,
};

// Called behind each step; what it throws is a failure there. For fault injection.
using OnMediaStep = std::function<void(MediaStep)>;

}  // namespace ankisync
