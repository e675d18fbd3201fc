// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/media/methods/envelope.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {

Reply Begin(Request& request, MediaIndex& index) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "begin");
  if (json::Require(json::ReadText(json::RequireMember(object, "v")), "v").empty())
    throw SyncError(ErrorKind::kMalformedRequest, "begin: an empty client version");
  const Usn last_usn = index.totals().last_usn;
  return Envelope([&](json::Writer& data) {
    data.StartObject().Key("usn").Int(Raw(last_usn)).Key("sk").Text(request.hkey).EndObject();
  });
}

}  // namespace ankisync::media
