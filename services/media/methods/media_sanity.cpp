// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "services/media/methods/envelope.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {

SanityResult MediaSanity(Request& request, DeviceId device, MediaIndex& index) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "mediaSanity");
  const auto local =
      json::Require(json::ReadInt<std::uint32_t>(json::RequireMember(object, "local")), "local");
  const bool was_ahead = index.TakeAhead(device, request.skey);
  const bool ok = !was_ahead && index.totals().files == local;
  // Clients know these two words; any other is an error without a reconcile.
  return {Envelope([ok](json::Writer& data) { data.Text(ok ? "OK" : "mediaSanity"); }), ok};
}

}  // namespace ankisync::media
