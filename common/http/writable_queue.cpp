// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/writable_queue.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cstdint>
#include <utility>

#include "common/core/files.h"

namespace ankisync::http {

WritableQueue::WritableQueue()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) ThrowErrno("create", "a poller");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    ThrowErrno("use", "a poller");
  }
  thread_ = std::thread([this] { Run(); });
}

WritableQueue::~WritableQueue() { Stop(); }

bool WritableQueue::Wait(int socket, std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  epoll_event event{};
  event.events = EPOLLOUT | EPOLLONESHOT;
  event.data.fd = socket;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) != 0) return false;
  waiting_.emplace(socket, std::move(then));
  return true;
}

void WritableQueue::Stop() {
  std::unordered_map<int, std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void WritableQueue::Run() {
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == wake_.get()) return;
      if (const auto then = Take(fd)) then();
    }
  }
}

std::function<void()> WritableQueue::Take(int socket) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(socket);
  if (found == waiting_.end()) return nullptr;
  // Not left to close(): the reader's copy of the descriptor would keep it in the poller.
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
  return std::move(waiting_.extract(found).mapped());
}

}  // namespace ankisync::http
