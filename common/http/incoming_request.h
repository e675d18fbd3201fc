// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include "common/http/application.h"
#include "common/http/edge.h"
#include "common/http/head_parser.h"
#include "common/http/incoming_body.h"
#include "common/http/outgoing_answer.h"

namespace ankisync::http {

class Connection;

// One request from its head on: its connection's while the body comes in, afterwards the
// application's as an Exchange.
class IncomingRequest final : public Exchange {
 public:
  IncomingRequest(ParsedHead head, Edge& edge);
  ~IncomingRequest() override;

  // The connection's thread, before the hand-over.
  IncomingBody& incoming() { return incoming_; }
  const ParsedHead& parsed() const { return parsed_; }
  std::unique_ptr<OutgoingAnswer> Compose(Answer answer, bool keep_alive, const Edge& edge);
  void FinishBody();  // throws SyncError
  void OweTo(std::shared_ptr<Connection> connection) { connection_ = std::move(connection); }

  // The application's.
  const RequestHead& head() const override { return parsed_.head; }
  Body& body() override { return body_; }
  void Respond(Answer answer) override;

 private:
  std::shared_ptr<Connection>
      connection_;  // while an answer is owed to it; keeps alive what in_flight_ counts in
  ParsedHead parsed_;
  std::optional<InFlight> in_flight_;
  IncomingBody incoming_;
  Body body_;
};

}  // namespace ankisync::http
