// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/incoming_request.h"

#include "common/http/connection.h"

namespace ankisync::http {

IncomingRequest::IncomingRequest(ParsedHead head, Edge& edge)
    : parsed_(std::move(head)),
      in_flight_(edge.counters.requests_in_flight),
      incoming_(edge.bodies) {}

IncomingRequest::~IncomingRequest() {
  if (connection_) connection_->Abort();
}

void IncomingRequest::FinishBody() { body_ = incoming_.Finish(); }

std::unique_ptr<OutgoingAnswer> IncomingRequest::Compose(Answer answer, bool keep_alive,
                                                         const Edge& edge) {
  const AnswerStyle style{.head_only = parsed_.head.method == "HEAD",
                          .chunks_understood = !parsed_.http_1_0,
                          .keep_alive = keep_alive && parsed_.keep_alive && !edge.draining};
  return std::make_unique<OutgoingAnswer>(std::move(answer), style, edge.limits.answer_piece_bytes,
                                          std::exchange(in_flight_, std::nullopt));
}

void IncomingRequest::Respond(Answer answer) {
  // A second answer must find no connection: it would go to the client's next request.
  const auto connection = std::exchange(connection_, nullptr);
  if (connection) connection->Send(Compose(std::move(answer), true, connection->edge()));
}

}  // namespace ankisync::http
