// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/core/unique_fd.h"
#include "common/http/client_socket.h"
#include "common/http/edge.h"
#include "common/http/incoming_request.h"
#include "common/http/outgoing_answer.h"
#include "common/http/request_parser.h"

namespace ankisync::http {

// One client's connection: bytes in, requests to the application, answers out, one after the other.
//
//   kHead → kBody → kBusy → kHead …           a request that is answered
//   kHead or kBody → kRefused → kDraining     refused: what still comes in is discarded
//   any → kDead
//
// It writes to a descriptor of its own, which names this very socket until the last holder of the
// connection lets go: a late answer fails, it cannot reach a stranger. Held by the reader (while
// the peer is there), by a request at the application, and by whoever carries an answer on.
// Application code is never called with the lock held, but for Admit.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `socket` is non-blocking. The connection is in the edge's list while it exists.
  static std::shared_ptr<Connection> Create(std::shared_ptr<Edge> edge, UniqueFd socket,
                                            std::string peer_address);
  ~Connection();

  // The I/O thread.
  void Feed(std::string_view input);
  void PeerGone();  // no more input; the client may still read

  // Any thread.
  void Send(std::unique_ptr<OutgoingAnswer> answer);
  void Abort();  // with a reset, so that half an answer does not pass for a whole one
  void Close();
  void AbortIfOverdue(Time now);
  Edge& edge() { return *edge_; }

  std::size_t place_in_list = 0;  // ConnectionList's

 private:
  enum class Phase : std::uint8_t { kHead, kBody, kBusy, kRefused, kDraining, kDead };
  using Lock = std::unique_lock<std::mutex>;

  // What a dead connection leaves behind, to be destroyed without the lock.
  struct Remains {
    std::unique_ptr<IncomingRequest> request;
    std::unique_ptr<Receiver> receiver;
  };

  Connection(std::shared_ptr<Edge> edge, UniqueFd socket, std::string peer_address);

  // Reading. These may let go of the lock for a while; `input` shrinks as it is used up.
  void Parse(Lock& lock, std::string_view input);
  void ParseRequests(Lock& lock, std::string_view& input);
  void OnHead(Lock& lock, std::string_view& input);
  void OnBody(Lock& lock, std::string_view piece);
  void OnEnd(Lock& lock, std::string_view& input);
  void OnMalformed(Lock& lock);
  void BecomeBusy(std::string_view& input);
  template <typename Take>
  bool MakeRoom(Lock& lock, Take take);
  void AnswerBodyless(Lock& lock, Answer answer, std::string_view& input);
  void Refuse(Lock& lock, Answer answer);
  void RefuseOverBound(Lock& lock);
  std::variant<Answer, Accepted> Admit(const RequestHead& head);

  // Writing: by whoever has the turn; it goes from hand to hand with the call.
  void Write();
  [[nodiscard]] bool WriteUntilPieceWanted();
  void GoOnWriting();
  void BeginPushing();
  void Pull();
  void PullAndWrite();
  void Answered();
  void Fail();

  bool OwesAnswer() const;
  bool StashHasRoomFor(std::string_view input) const;
  [[nodiscard]] Remains Die();
  std::optional<Rejection> Overdue(Time now);
  bool ClientReads();
  bool DrainedTooLong(Time now) const;

  const std::shared_ptr<Edge> edge_;
  const ClientSocket socket_;
  const std::string peer_address_;

  std::mutex mutex_;                 // over all below, but for outgoing_
  std::condition_variable settled_;  // parsing_ or pushing_ ended
  Phase phase_ = Phase::kHead;
  bool parsing_ = false;           // a thread is in Parse(): the others leave what comes in to it
  bool pushing_ = false;           // a thread gives the socket what it takes
  bool socket_full_ = false;       // the answer waits for the client to read
  int untaken_bytes_ = 0;          // while it does: what the kernel held for it at the last look
  Time since_;                     // where the time that matters in this phase began
  std::uint64_t bytes_since_ = 0;  // of a body, or discarded
  RequestParser parser_;
  std::string stash_;  // received while an answer is owed
  std::unique_ptr<IncomingRequest> request_;
  std::unique_ptr<Receiver> receiver_;
  std::uint64_t body_bytes_max_ = 0;

  std::unique_ptr<OutgoingAnswer> outgoing_;  // touched by the thread whose turn it is
};

}  // namespace ankisync::http
