// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/worker_pool.h"
#include "common/http/application.h"
#include "common/http/limits.h"
#include "common/http/periodic.h"
#include "common/http/statistics.h"

namespace ankisync::http {

struct Edge;
class Listener;

struct ServerOptions {
  std::string host = "::";             // every address, IPv4 and IPv6
  std::uint16_t port = 0;              // 0: any free one
  std::filesystem::path spool_folder;  // exists; bodies become unnamed files in it
  Limits limits;
  // One line for the operator about a fault of ours (an exception of the application, a disk that
  // is full). Any thread.
  std::function<void(std::string_view)> log;
};

// An HTTP/1.1 server for one Application. Answers that are produced are pulled on the pool, which
// must outlive the server; the application must too. It speaks for itself only to refuse: 400
// malformed, 431 head too large, 501 a transfer encoding other than chunked, 503 with Retry-After
// no room for a body or draining, 500 an exception of the application.
//
// From its creation on SIGPIPE is ignored in this process (sendfile cannot be told so), and the
// soft limit of descriptors is raised to the hard one. Any thread may call; Start, Drain and Stop
// one at a time.
class Server {
 public:
  Server(ServerOptions options, Application& application, WorkerPool& pool);
  ~Server();  // Stop()

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Throws SyncError when it cannot listen. Once.
  void Start();
  std::uint16_t port() const { return port_; }  // after Start

  // From now on a new head gets 503, and every answer says Connection: close.
  void StopAccepting();

  // StopAccepting, then waits until every request is answered. False: some were not within `grace`.
  bool Drain(std::chrono::milliseconds grace);

  // Ends every connection and thread. Answers that still come find nobody.
  void Stop();

  // How long ago the slowest I/O thread was seen at work; some 100 ms when all is well, zero before
  // Start and after Stop. Many seconds mean that it is stuck.
  std::chrono::milliseconds LongestWorkerSilence() const { return longest_silence_; }

  Statistics statistics() const;

 private:
  const ServerOptions options_;
  const std::shared_ptr<Edge> edge_;
  std::unique_ptr<Listener> listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::chrono::milliseconds> longest_silence_{std::chrono::milliseconds(0)};
  std::optional<Periodic> nudger_;
  std::optional<Periodic> sweeper_;
};

}  // namespace ankisync::http
