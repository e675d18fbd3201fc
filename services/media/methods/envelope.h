// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include "common/codec/json_writer.h"
#include "common/protocol/request.h"

namespace ankisync::media {

// {"data":…,"err":""}, what every method but downloadFiles answers. Old clients fail without `err`,
// and new ones never look at it; failures are statuses. `write` puts one value.
template <typename Write>
protocol::Reply Envelope(Write&& write) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("data");
  write(out);
  out.Key("err").Text("").EndObject();
  return {std::move(text)};
}

}  // namespace ankisync::media
