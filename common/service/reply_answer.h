// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/http/application.h"
#include "common/protocol/framing.h"

namespace ankisync::service {

// A method's reply in the framing of its request. Calls a Produce. Errors: those of
// protocol::Encode.
inline http::Answer AnswerOf(protocol::Reply reply, int version) {
  protocol::EncodedReply encoded = protocol::Encode(std::move(reply), version);
  http::Answer answer;
  answer.headers = {{"Content-Type", "application/octet-stream"}};
  if (encoded.original_size) {
    answer.headers.emplace_back("anki-original-size", std::to_string(*encoded.original_size));
  }
  std::visit([&answer](auto& body) { answer.body = std::move(body); }, encoded.body);
  return answer;
}

}  // namespace ankisync::service
