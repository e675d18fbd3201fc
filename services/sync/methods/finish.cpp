// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {

Reply Finish(Request& request, const Quota& quota, UserCollection& user) {
  const json::Document document = protocol::ReadJson(request);
  json::RequireObject(document.root(), "finish");
  if (quota.collection_bytes_max) user.RefuseGrowthBeyond(*quota.collection_bytes_max);
  return {std::to_string(Raw(user.FinishSession()))};
}

}  // namespace ankisync::sync
