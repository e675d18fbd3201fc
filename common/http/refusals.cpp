// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/refusals.h"

namespace ankisync::http {
namespace {

Answer PlainAnswer(int status, const char* text) {
  return {status, {{"Content-Type", "text/plain"}}, text};
}

}  // namespace

Answer NotARequest() { return PlainAnswer(400, "This is not an HTTP request.\n"); }

Answer HeadTooLarge() { return PlainAnswer(431, "The head of the request is too large.\n"); }

Answer UnknownTransferEncoding() {
  return PlainAnswer(501, "This transfer encoding is not supported.\n");
}

Answer OurFault() { return PlainAnswer(500, "The server made a mistake.\n"); }

Answer Unavailable() {
  Answer answer = PlainAnswer(503, "The server is busy. Please try again in a few minutes.\n");
  answer.headers.emplace_back("Retry-After", "5");
  return answer;
}

}  // namespace ankisync::http
