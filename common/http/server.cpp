// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/server.h"

#include <csignal>
#include <thread>

#include "common/http/connection.h"
#include "common/http/edge.h"
#include "common/http/listener.h"

namespace ankisync::http {
namespace {

constexpr std::chrono::milliseconds kLook{2};
constexpr std::chrono::seconds kPeersCloseWithin{1};

template <typename Condition>
bool WaitUntil(Condition holds, std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

std::shared_ptr<Edge> MakeEdge(const ServerOptions& options, Application& application,
                               WorkerPool& pool) {
  const Limits& limits = options.limits;
  return std::shared_ptr<Edge>(
      new Edge{.limits = limits,
               .application = application,
               .pool = pool,
               .bodies = {.memory = std::make_shared<Budget>(limits.bodies_memory_bytes_max),
                          .spool = std::make_shared<Budget>(limits.bodies_spooled_bytes_max),
                          .folder = options.spool_folder,
                          .memory_bytes_max = limits.body_memory_bytes_max},
               .log = options.log});
}

}  // namespace

Server::Server(ServerOptions options, Application& application, WorkerPool& pool)
    : options_(std::move(options)), edge_(MakeEdge(options_, application, pool)) {
  std::signal(SIGPIPE, SIG_IGN);
}

Server::~Server() { Stop(); }

void Server::Start() {
  listener_ = std::make_unique<Listener>(options_.host, options_.port, edge_);
  port_ = listener_->port();
  nudger_.emplace(options_.limits.nudge_interval, [this] {
    longest_silence_ = listener_->LongestSilence();
    listener_->Nudge();
  });
  sweeper_.emplace(options_.limits.sweep_interval, [this] {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& connection : edge_->connections.All()) connection->AbortIfOverdue(now);
  });
}

void Server::StopAccepting() { edge_->draining = true; }

bool Server::Drain(std::chrono::milliseconds grace) {
  StopAccepting();
  return WaitUntil([this] { return edge_->counters.requests_in_flight == 0; }, grace);
}

void Server::Stop() {
  StopAccepting();
  if (listener_) {
    listener_->RefuseAll();
    for (const auto& connection : edge_->connections.All()) connection->Close();
    // Otherwise their descriptors stay open for ever.
    WaitUntil([this] { return listener_->peers() == 0; }, kPeersCloseWithin);
  }
  nudger_.reset();
  longest_silence_ = std::chrono::milliseconds(0);
  sweeper_.reset();
  listener_.reset();
  edge_->writable.Stop();
}

Statistics Server::statistics() const {
  const Counters& counters = edge_->counters;
  Statistics now{.connections = edge_->connections.size(),
                 .requests_in_flight = counters.requests_in_flight,
                 .body_memory_bytes = edge_->bodies.memory->taken(),
                 .body_spool_bytes = edge_->bodies.spool->taken(),
                 .connections_accepted = counters.connections_accepted,
                 .requests = counters.requests,
                 .bytes_in = counters.bytes_in,
                 .bytes_out = counters.bytes_out};
  for (std::size_t i = 0; i < kRejectionCount; ++i) now.rejections[i] = counters.rejections[i];
  return now;
}

}  // namespace ankisync::http
