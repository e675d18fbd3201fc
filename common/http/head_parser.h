// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "common/http/application.h"

namespace ankisync::http {

// What the parser cannot take; the value is the status it earns.
enum class Malformed {
  kSyntax = 400,
  kHeadTooLarge = 431,
  kTransferEncoding = 501,  // other than chunked
};

// A head as the connection needs it. `head` lacks the peer's address and the id.
struct ParsedHead {
  RequestHead head;
  bool http_1_0 = false;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;

  bool has_body() const { return chunked || head.content_length.value_or(0) > 0; }
};

// `text` is a request line and its fields, each ended by CRLF, without the empty line. Refused,
// because two readers may understand them differently: obsolete folding, control bytes, a blank
// before a colon, a second Host, Content-Length or Transfer-Encoding, both of the latter, a
// Content-Length that is not 1 to 18 digits. Pure.
std::optional<Malformed> ParseHead(std::string_view text, ParsedHead& into);

}  // namespace ankisync::http
