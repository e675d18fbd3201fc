// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/statistics.h"

#include <cstdlib>

namespace ankisync::http {

std::string_view NameOf(Rejection reason) {
  switch (reason) {
    case Rejection::kTooManyConnections:
      return "too_many_connections";
    case Rejection::kDraining:
      return "draining";
    case Rejection::kMalformed:
      return "malformed";
    case Rejection::kHeadTooLarge:
      return "head_too_large";
    case Rejection::kTransferEncoding:
      return "transfer_encoding";
    case Rejection::kBodyTooLarge:
      return "body_too_large";
    case Rejection::kNoRoomForBody:
      return "no_room_for_body";
    case Rejection::kSpoolFailed:
      return "spool_failed";
    case Rejection::kApplicationFailed:
      return "application_failed";
    case Rejection::kSlowHead:
      return "slow_head";
    case Rejection::kSlowBody:
      return "slow_body";
    case Rejection::kSilent:
      return "silent";
    case Rejection::kUnreadAnswer:
      return "unread_answer";
    case Rejection::kTooMuchPipelined:
      return "too_much_pipelined";
    case Rejection::kCount:
      break;
  }
  std::abort();  // not a reason at all
}

}  // namespace ankisync::http
