// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace ankisync {

// For tests: a child process that runs `body` and then sits there, holding what `body` gave it,
// until it is killed. To be made while the test has one thread.
class OtherProcess {
 public:
  template <typename Body>
  explicit OtherProcess(Body body) {
    int done[2];
    if (::pipe(done) != 0) ::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto held = body();
      if (::write(done[1], "+", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(done[1]);
    char byte;
    is_ready_ = ::read(done[0], &byte, 1) == 1;
    ::close(done[0]);
  }
  ~OtherProcess() { Kill(); }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  bool is_ready() const { return is_ready_; }  // `body` returned
  pid_t pid() const { return pid_; }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  bool is_ready_ = false;
};

}  // namespace ankisync
