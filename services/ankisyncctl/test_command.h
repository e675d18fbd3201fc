// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/codec/json_value.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/core/unique_fd.h"
#include "common/storage/accounts/authenticator.h"
#include "common/storage/accounts/login_desk.h"
#include "common/storage/accounts/test_volume.h"

// For tests alone: ankisyncctl as scripts and people run it, beside a server that is running.
namespace ankisync {

using Words = std::vector<std::string>;

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kMisused = 2;
inline constexpr int kUnavailable = 3;

inline constexpr int kSilenceMaxMs = 20'000;  // then the program hangs

struct Ended {
  int status = -1;
  std::string out;
  std::string err;
};

// What execv() takes; made before the fork.
class CommandLine {
 public:
  explicit CommandLine(Words words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "ankisyncctl");
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }

  // In the child; does not return.
  void Become() const {
    ::execv(ANKISYNCCTL, pointers_.data());
    ::_exit(127);
  }

 private:
  Words words_;
  std::vector<char*> pointers_;
};

inline int StatusOf(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) ::abort();
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  UniqueFd out;
  UniqueFd in;
};

// As a script runs it: no terminal anywhere.
inline Ended RunScripted(const Words& words, const std::string& input = "") {
  Pipe input_pipe;
  Pipe out_pipe;
  Pipe err_pipe;
  const CommandLine command_line(words);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    ::dup2(input_pipe.out.get(), STDIN_FILENO);
    ::dup2(out_pipe.in.get(), STDOUT_FILENO);
    ::dup2(err_pipe.in.get(), STDERR_FILENO);
    command_line.Become();
  }
  out_pipe.in = UniqueFd();
  err_pipe.in = UniqueFd();
  EXPECT_EQ(::write(input_pipe.in.get(), input.data(), input.size()),
            static_cast<ssize_t>(input.size()));
  input_pipe.in = UniqueFd();
  Ended ended{.status = -1, .out = ReadAll(out_pipe.out.get()), .err = ReadAll(err_pipe.out.get())};
  ended.status = StatusOf(pid);
  return ended;
}

// A person at a terminal.
class Person {
 public:
  explicit Person(const Words& words) {
    const CommandLine command_line(words);
    int terminal;
    pid_ = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (pid_ == 0) command_line.Become();
    terminal_ = UniqueFd(terminal);
  }

  // Waits until the screen asks this, then types.
  void Answer(const std::string& question, const std::string& keys) {
    while (screen_.find(question, answered_) == std::string::npos) {
      if (!ReadMore()) {
        ADD_FAILURE() << "never asked: " << question << "\n" << screen_;
        return;
      }
    }
    answered_ = screen_.size();
    EXPECT_EQ(::write(terminal_.get(), keys.data(), keys.size()),
              static_cast<ssize_t>(keys.size()));
  }

  Ended Leave() {
    while (ReadMore()) {
    }
    return {.status = StatusOf(pid_), .out = screen_, .err = ""};
  }

  bool TerminalShowsWhatIsTyped() const {
    termios settings{};
    return ::tcgetattr(terminal_.get(), &settings) == 0 && (settings.c_lflag & ECHO) != 0 &&
           (settings.c_lflag & ISIG) != 0;
  }

 private:
  bool ReadMore() {
    pollfd waiting{terminal_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kSilenceMaxMs) <= 0) return false;
    char buffer[1024];
    const ssize_t count = ::read(terminal_.get(), buffer, sizeof buffer);
    if (count <= 0) return false;  // EIO: the program has gone
    screen_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  pid_t pid_ = -1;
  UniqueFd terminal_;
  std::string screen_;
  std::size_t answered_ = 0;
};

// The data folder of a server that is running: this process, with its caches.
class AnkisyncctlTest : public testing::Test {
 protected:
  Words Line(const Words& words) const {
    Words line{"--data", test_.folder.path().string()};
    line.insert(line.end(), words.begin(), words.end());
    return line;
  }
  Ended Ctl(const Words& words, const std::string& input = "") const {
    return RunScripted(Line(words), input);
  }
  std::string Login(const std::string& name, const std::string& password) {
    return desk_.Login(name, password, {"26.08.1,dev,linux", "192.0.2.1"});
  }

  TestVolume test_;
  TestProgram server_{test_.volume};
  LoginDesk desk_{server_.accounts, server_.devices, server_.clock, {}, {}};
  Authenticator authenticator_{server_.auth, server_.sessions};
};

}  // namespace ankisync
