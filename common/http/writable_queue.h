// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "common/core/unique_fd.h"

namespace ankisync::http {

// Sockets that were full, and what to do when they take bytes again (or fail): one thread for all
// of them. What is done must not block. Any thread may call.
class WritableQueue {
 public:
  WritableQueue();   // throws SyncError
  ~WritableQueue();  // Stop()

  WritableQueue(const WritableQueue&) = delete;
  WritableQueue& operator=(const WritableQueue&) = delete;

  // Calls `then` once, on the queue's thread; the socket must stay open until then. False: stopped,
  // or the system refused.
  bool Wait(int socket, std::function<void()> then);

  // What waits is dropped uncalled. Not from within a `then`.
  void Stop();

 private:
  void Run();
  std::function<void()> Take(int socket);

  UniqueFd epoll_;
  UniqueFd wake_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::unordered_map<int, std::function<void()>> waiting_;
  std::thread thread_;
};

}  // namespace ankisync::http
