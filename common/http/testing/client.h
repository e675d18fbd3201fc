// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/unique_fd.h"

namespace ankisync::http::testing {

inline constexpr std::chrono::milliseconds kPatience{10'000};

// An answer as it stood on the wire, chunks joined.
struct Received {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// A client that can misbehave: raw bytes over one loopback connection. Blocking, with patience.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer_bytes = 0);

  // False: the server closed, or does not read.
  bool Send(std::string_view bytes);

  // nullopt: the connection ended or was silent instead. A HEAD's answer has no body.
  enum class Expecting { kBody, kHeadOnly };
  std::optional<Received> ReadAnswer(Expecting expecting = Expecting::kBody);

  // Send and ReadAnswer; status 0 when there was none.
  Received Ask(std::string_view request);

  // Reads and drops `bytes` bytes. False: the connection ended before.
  bool Skip(std::uint64_t bytes);

  // All bytes until the server closes; nullopt: it does not, within the patience.
  std::optional<std::string> ReadToEnd(std::chrono::milliseconds patience = kPatience);
  bool IsClosedByServer(std::chrono::milliseconds patience = kPatience);
  bool HasInput(std::chrono::milliseconds patience);

  void HalfClose();  // no more requests
  void Reset();      // as a process that was killed
  bool ended_by_reset() const { return reset_; }

 private:
  bool Fill(std::chrono::milliseconds patience);
  std::optional<std::string> TakeLine();
  std::optional<std::string> Take(std::size_t bytes);
  std::optional<std::string> TakeChunks();

  UniqueFd socket_;
  std::string buffer_;
  bool ended_ = false;
  bool reset_ = false;
};

// "GET /path", "POST /path" with a Content-Length and body.
std::string Get(std::string_view path, std::string_view more_fields = "");
std::string Post(std::string_view path, std::string_view body, std::string_view more_fields = "");
std::string Chunk(std::string_view data);

}  // namespace ankisync::http::testing
