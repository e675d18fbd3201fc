// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/codec/json_writer.h"
#include "common/protocol/request.h"

namespace ankisync::media {

// {"data":…,"err":""}, what every method but downloadFiles answers. Old clients fail without `err`,
// and new ones never look at it where there are data; failures are statuses. `write` puts one
// value.
template <typename Write>
protocol::Reply Envelope(Write&& write) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("data");
  write(out);
  out.Key("err").Text("").EndObject();
  return {std::move(text)};
}

// The one failure that is told in words: every client shows the sentence, and stops.
inline protocol::Reply Refusal(std::string_view sentence) {
  std::string text;
  json::Writer(text).StartObject().Key("data").Null().Key("err").Text(sentence).EndObject();
  return {std::move(text)};
}

}  // namespace ankisync::media
