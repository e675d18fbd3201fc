// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "common/protocol/sync_header.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {

std::unique_ptr<ByteSource> Download(Request& request, UserCollection& user) {
  const json::Document document = protocol::ReadJson(request);
  json::RequireObject(document.root(), "download");
  user.EndSession(SyncOutcome::kSuperseded, "a download began");
  const bool is_legacy = request.version <= protocol::kVersionLegacy;
  return is_legacy ? user.LegacyImage() : user.Image();
}

}  // namespace ankisync::sync
