// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/sync/merge/rows.h"
#include "services/sync/methods/graves_json.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/with_merge.h"

namespace ankisync::sync {

Reply ApplyGravesMethod(Request& request, Session& session, Collection& collection,
                        UnixMillis now) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "applyGraves");
  const Graves theirs = ReadGraves(json::RequireMember(object, "chunk"), GraveIds::kIntegers);
  WithMerge(session, collection, now, [&theirs](Merge& merge) { ApplyGraves(theirs, merge); });
  session.traffic.received[ObjectKind::kGrave] += CountOf(theirs);
  return NullReply();
}

}  // namespace ankisync::sync
