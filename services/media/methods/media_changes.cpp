// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/media/methods/envelope.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {

Reply MediaChanges(Request& request, DeviceId device, MediaIndex& index) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "mediaChanges");
  const Usn last_usn{json::Require(
      json::ReadInt<std::int32_t>(json::RequireMember(object, "lastUsn")), "lastUsn")};
  const auto changes = index.ChangesAfter(last_usn, kChangesMax);
  if (changes.empty() && last_usn > index.totals().last_usn)
    index.RememberAhead(device, request.skey);
  return Envelope([&](json::Writer& data) {
    data.StartArray();
    for (const MediaIndex::Listed& file : changes) {
      data.StartArray()
          .Text(file.name)
          .Int(Raw(file.usn))
          .Text(file.sha1 ? Hex(*file.sha1) : "")
          .EndArray();
    }
    data.EndArray();
  });
}

}  // namespace ankisync::media
