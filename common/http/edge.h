// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "common/core/worker_pool.h"
#include "common/http/application.h"
#include "common/http/connection_list.h"
#include "common/http/incoming_body.h"
#include "common/http/limits.h"
#include "common/http/statistics.h"
#include "common/http/writable_queue.h"

namespace ankisync::http {

// What all connections of one server share; it lives as long as the last of them. Any thread.
struct Edge {
  Limits limits;
  Application& application;  // not used after Server::Stop
  WorkerPool& pool;          // likewise
  BodySpace bodies;
  std::function<void(std::string_view)> log;  // a fault of ours, for the operator; may be empty

  Counters counters{};
  ConnectionList connections{};
  WritableQueue writable{};
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> last_request_id{0};

  void Log(std::string_view line) const {
    if (log) log(line);
  }
};

}  // namespace ankisync::http
