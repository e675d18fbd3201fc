// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/application.h"
#include "common/http/statistics.h"

namespace ankisync::http {

// What an answer has to know of its request.
struct AnswerStyle {
  bool head_only = false;         // the method was HEAD
  bool chunks_understood = true;  // else (HTTP/1.0) the connection's end is a body's end
  bool keep_alive = true;
};

// One answer on its way into a socket. Never blocks on the socket, never spins. One thread at a
// time; which one may change.
class OutgoingAnswer {
 public:
  enum class Progress {
    kDone,
    kMore,         // it is full, or others shall have a turn: Push again when it is writable
    kPieceWanted,  // Pull, where that may take time, then Push
    kFailed,       // the client is gone, or a file is shorter than promised
  };

  OutgoingAnswer(Answer answer, AnswerStyle style, std::size_t piece_bytes,
                 std::optional<InFlight> in_flight);

  Progress Push(int socket);

  // The next piece of a produced body. Throws what the source throws, and SyncError when the source
  // is shorter or longer than it said.
  void Pull();

  bool keep_alive() const { return keep_alive_; }
  std::uint64_t sent() const { return sent_; }

 private:
  // Bytes in the order in which they are sent: the head or a chunk's front, then a body.
  struct Pending {
    std::string_view first;
    std::string_view second;
    bool empty() const { return first.empty() && second.empty(); }
    void Drop(std::size_t count);
  };

  void WriteHead(const Answer& answer, AnswerStyle style);
  bool PushPending(int socket, Progress& progress);
  bool PushFile(int socket, Progress& progress);
  void EndOfSource();

  const std::size_t piece_bytes_;
  std::optional<InFlight> in_flight_;
  bool keep_alive_;
  bool chunked_ = false;
  std::string head_;
  std::string text_;
  FileRange file_;                            // what is left of it
  std::unique_ptr<ByteSource> source_;        // null: none, or at its end
  std::optional<std::uint64_t> source_left_;  // known length
  std::unique_ptr<char[]> piece_;
  Pending pending_;
  std::uint64_t sent_ = 0;
};

}  // namespace ankisync::http
