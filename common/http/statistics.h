// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace ankisync::http {

// Why this layer, not the application, refused a request or ended a connection.
enum class Rejection {
  kTooManyConnections,
  kDraining,
  kMalformed,
  kHeadTooLarge,
  kTransferEncoding,
  kBodyTooLarge,
  kNoRoomForBody,
  kSpoolFailed,
  kApplicationFailed,
  kSlowHead,
  kSlowBody,
  kSilent,
  kUnreadAnswer,
  kTooMuchPipelined,
  kCount,  // not a reason
};

// A fixed word for a metric's label: "slow_head".
std::string_view NameOf(Rejection reason);

inline constexpr std::size_t kRejectionCount = static_cast<std::size_t>(Rejection::kCount);

// A moment of a server, for metrics. Counts since the start, except where marked "now".
struct Statistics {
  std::size_t connections = 0;          // now
  std::size_t requests_in_flight = 0;   // now
  std::uint64_t body_memory_bytes = 0;  // now
  std::uint64_t body_spool_bytes = 0;   // now
  std::uint64_t connections_accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::array<std::uint64_t, kRejectionCount> rejections{};  // by Rejection
};

// The counting side. Any thread.
struct Counters {
  std::atomic<std::size_t> requests_in_flight{0};
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
  std::array<std::atomic<std::uint64_t>, kRejectionCount> rejections{};

  void Reject(Rejection reason) { Add(rejections[static_cast<std::size_t>(reason)], 1); }
  static void Add(std::atomic<std::uint64_t>& counter, std::uint64_t by) {
    counter.fetch_add(by, std::memory_order_relaxed);
  }
};

// Counts a request from its head until its answer has left, whoever holds it meanwhile.
class InFlight {
 public:
  explicit InFlight(std::atomic<std::size_t>& count) : count_(&count) { ++*count_; }
  InFlight(InFlight&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  InFlight& operator=(InFlight&&) = delete;
  ~InFlight() {
    if (count_ != nullptr) --*count_;
  }

 private:
  std::atomic<std::size_t>* count_;
};

}  // namespace ankisync::http
