// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {

Reply Abort(Request& request, DeviceId device, UserCollection& user) {
  const json::Document document = protocol::ReadJson(request);
  json::RequireObject(document.root(), "abort");
  if (user.session() && user.session()->device == device) {
    user.EndSession(SyncOutcome::kAborted, "the client gave up");
  }
  return NullReply();
}

}  // namespace ankisync::sync
