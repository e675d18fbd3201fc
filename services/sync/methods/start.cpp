// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/sync/merge/rows.h"
#include "services/sync/methods/graves_json.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/with_merge.h"

namespace ankisync::sync {
namespace {

struct StartRequest {
  Usn min_usn;                          // "minUsn": the client's own
  bool client_is_newer;                 // "lnewer"
  std::optional<Graves> legacy_graves;  // "graves"
};

StartRequest Read(Request& request) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "start");
  StartRequest start{
      .min_usn = static_cast<Usn>(json::Require(
          json::ReadInt<std::int32_t>(json::RequireMember(object, "minUsn")), "minUsn")),
      .client_is_newer =
          json::Require(json::ReadBool(json::RequireMember(object, "lnewer")), "lnewer")};
  const json::Value* graves = object.Find("graves");
  if (graves && !graves->is(json::Kind::kNull))
    start.legacy_graves = ReadGraves(*graves, GraveIds::kIntegersOrTexts);
  return start;
}

}  // namespace

Reply Start(Request& request, const service::Caller& caller, UserCollection& user, UnixMillis now) {
  const StartRequest start = Read(request);
  Session& session = user.BeginSession(request.skey);
  session.user = caller.user;
  session.device = caller.device;
  session.client = request.client;
  session.last_method = request.method->name;
  session.last_request = request.id;
  session.client_usn = start.min_usn;
  session.client_is_newer = start.client_is_newer && !session.overtaken;
  session.client_is_ahead = Raw(start.min_usn) > Raw(session.server_usn);

  Collection& collection = user.collection();
  collection.UnburyIfDayRolledOver(now, session.server_usn);
  const Graves ours = collection.graves.Since(session.client_usn);
  session.traffic.sent[ObjectKind::kGrave] += CountOf(ours);

  // Only now: a client that sends its deletions here must not get them back.
  if (start.legacy_graves) {
    session.traffic.received[ObjectKind::kGrave] += CountOf(*start.legacy_graves);
    WithMerge(session, collection, now,
              [&](Merge& merge) { ApplyGraves(*start.legacy_graves, merge); });
  }
  return {WriteGraves(ours)};
}

}  // namespace ankisync::sync
