// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/terminal.h"

#include <fcntl.h>
#include <termios.h>

#include <CLI/CLI.hpp>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::ctl {
namespace {

constexpr char kInterrupt = 3;  // ^C
constexpr std::size_t kLineBytesMax = 4096;

[[noreturn]] void Refuse(const char* why) { throw SyncError(ErrorKind::kInconsistentData, why); }

std::string NotEmpty(std::string password) {
  if (password.empty()) Refuse("an empty password would let everybody in");
  return password;
}

// Without echo, and with ^C as a character that ends the line: a person who gives up must not be
// left with a terminal that shows nothing.
class Hidden {
 public:
  explicit Hidden(int tty) : tty_(tty) {
    ::tcgetattr(tty_, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    hidden.c_lflag |= ECHONL;
    hidden.c_cc[VEOL] = kInterrupt;
    ::tcsetattr(tty_, TCSAFLUSH, &hidden);
  }
  ~Hidden() { ::tcsetattr(tty_, TCSAFLUSH, &before_); }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  int tty_;
  termios before_{};
};

}  // namespace

std::string Terminal::AskNewPassword(const std::string& user_name, const char* instead) {
  Open(instead);
  std::string password = NotEmpty(AskHidden("Password for " + user_name + ": "));
  if (AskHidden("The same again: ") != password) Refuse("these were two different passwords");
  return password;
}

std::string Terminal::AskPassword(const std::string& user_name, const char* instead) {
  Open(instead);
  return NotEmpty(AskHidden("Password for " + user_name + ": "));
}

bool Terminal::Confirm(const std::string& question, const char* instead) {
  Open(instead);
  Show(question + " [y/N] ");
  const std::string answer = ReadLine();
  return answer == "y" || answer == "Y" || answer == "yes";
}

void Terminal::Open(const char* instead) {
  if (!tty_) tty_ = UniqueFd(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!tty_) {
    throw CLI::ValidationError("there is no terminal to ask on; say " + std::string(instead));
  }
}

void Terminal::Show(const std::string& text) const { WriteAll(tty_.get(), text); }

std::string Terminal::ReadLine() const {
  std::string line;
  for (char c; line.size() < kLineBytesMax && ::read(tty_.get(), &c, 1) == 1;) {
    if (c == '\n') return line;
    if (c == kInterrupt) break;
    line += c;
  }
  Show("\n");
  Refuse("given up");
}

std::string Terminal::AskHidden(const std::string& prompt) const {
  const Hidden hidden(tty_.get());
  Show(prompt);
  return ReadLine();
}

}  // namespace ankisync::ctl
