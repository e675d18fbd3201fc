// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/http/edge.h"

namespace ankisync::http {

// Listens, accepts, polls and reads: the part that Pistache does. Nothing else here knows of
// Pistache, and of Pistache nothing else is used: neither its parser nor its writer, which can
// answer the wrong client and stop for a slow one.
class Listener {
 public:
  // "::" is every address, of IPv4 too; port 0 is any free one. Throws SyncError when it cannot
  // listen.
  Listener(const std::string& host, std::uint16_t port, std::shared_ptr<Edge> edge);

  // Returns when the I/O threads have ended.
  ~Listener();

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;

  // New clients are hung up on from now on.
  void RefuseAll();

  // Sockets that the I/O threads still read.
  std::size_t peers() const;

  // Gives every I/O thread something to do: a new connection can lie unnoticed until then. One
  // thread at a time.
  void Nudge();

  // How long ago the slowest I/O thread did what it was nudged to do.
  std::chrono::milliseconds LongestSilence() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ankisync::http
