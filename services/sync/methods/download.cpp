// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {

Reply Download(Request& request, UserCollection& user) {
  const json::Document document = protocol::ReadJson(request);
  json::RequireObject(document.root(), "download");
  user.EndSession(SyncOutcome::kSuperseded, "a download began");
  return {user.Image()};
}

}  // namespace ankisync::sync
