// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {

Reply HostKey(Request& request, const Login& login) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "the login");
  const auto text = [&object](std::string_view key) {
    return std::string(json::Require(json::ReadText(json::RequireMember(object, key)), key));
  };
  request.is_logged = true;  // every attempt is, with more than a request knows
  const std::string hkey = login({.user = text("u"),
                                  .password = text("p"),
                                  .client = request.client,
                                  .remote_address = request.remote_address,
                                  .request = request.id,
                                  .is_passed_on = object.Find("from") != nullptr});
  std::string reply;
  json::Writer(reply).StartObject().Key("key").Text(hkey).EndObject();
  return {std::move(reply)};
}

}  // namespace ankisync::sync
