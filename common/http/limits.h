// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ankisync::http {

// Every bound of the HTTP layer, with a default that is safe for a small machine. Tests shrink them
// instead of waiting.
struct Limits {
  using Millis = std::chrono::milliseconds;

  // Threads and descriptors. A connection takes two descriptors; where the hard limit of the
  // process has no room for 2 * connections_max + descriptors_reserved, fewer connections are
  // taken.
  int io_threads = 2;  // at most 255
  std::size_t connections_max = 10'000;
  std::size_t descriptors_reserved = 2'000;  // for everything else this process opens
  int accept_backlog = 1'024;

  // Heads.
  std::size_t head_bytes_max = 16 * 1024;  // request line and fields; also a trailer
  std::size_t head_fields_max = 100;
  Millis head_time_max{30'000};  // from a head's first byte to its last

  // Bodies, of one request and of all together: beyond the memory they are spooled, beyond the
  // spool it is 503.
  std::size_t body_memory_bytes_max = 256 * 1024;
  std::uint64_t bodies_memory_bytes_max = 64ULL << 20;
  std::uint64_t bodies_spooled_bytes_max = 8ULL << 30;
  std::uint64_t body_window_bytes_min = 64 * 1024;  // a slower body than this many bytes …
  Millis body_window{30'000};                       // … in this time is cut
  std::size_t pipelined_bytes_max = 64 * 1024;      // received while an answer is still owed

  // After a refusal in the middle of a body: how long we go on reading, so that the client gets to
  // see it.
  std::uint64_t drain_bytes_max = 256ULL << 20;
  Millis drain_time_max{10'000};

  // Answers.
  std::size_t answer_piece_bytes = 128 * 1024;  // of a produced answer, pulled at a time
  Millis answer_stall_max{60'000};              // without a byte that the client took

  // Keep-alive connections without a request. Longer than the gateway keeps its own (nginx: 60 s).
  Millis silence_max{75'000};

  // The housekeeping.
  Millis sweep_interval{1'000};  // how often the times above are looked at
  Millis nudge_interval{100};    // how long a lost new connection may lie unnoticed
};

}  // namespace ankisync::http
