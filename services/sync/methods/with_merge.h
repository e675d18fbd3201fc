// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "services/sync/merge/merge.h"
#include "services/sync/session/session.h"

namespace ankisync::sync {

// Runs `apply(merge)`; the session learns of the counts and the change only when it did not throw.
template <typename Apply>
void WithMerge(Session& session, Collection& collection, UnixMillis now, Apply&& apply) {
  Merge merge{.collection = collection,
              .server_usn = session.server_usn,
              .client_usn = session.client_usn,
              .now = ToSeconds(now),
              .counts = session.counts};
  apply(merge);
  session.counts = merge.counts;
  session.changed = session.changed || merge.changed;
}

}  // namespace ankisync::sync
