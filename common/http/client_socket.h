// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "common/core/unique_fd.h"

namespace ankisync::http {

// Our own descriptor of a client's socket, which Pistache reads through another. Nothing here
// blocks. Any thread.
class ClientSocket {
 public:
  explicit ClientSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }

  // No more answers, after what was sent; the client may go on sending.
  void EndSending() const;

  // The reader sees the end of the input, the client that of the answers.
  void End() const;

  // As End, but the client gets a reset, and what it has not read yet is dropped.
  void Reset() const;

  // As Reset, and no proper end of the answer comes before it: for half an answer whose length the
  // client does not know.
  void BreakOff() const;

  // Both directions are closed: the client is gone, and did not just finish sending.
  bool HungUp() const;

  // What was sent and the client has not taken.
  std::optional<int> UntakenBytes() const;

  // A few bytes out of turn. A full socket drops them; if it took only some of them the connection
  // ends.
  void SendOrDrop(std::string_view bytes) const;

 private:
  void ResetOnClose() const;

  const UniqueFd fd_;
};

}  // namespace ankisync::http
