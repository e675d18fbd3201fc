// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/core/unique_fd.h"

namespace ankisync::ctl {

// The person at the terminal, wherever stdin and stdout go.
// Errors: CLI::ValidationError naming `instead` when nobody is there; SyncError kInconsistentData
// when the answer will not do, or is ^C or ^D.
class Terminal {
 public:
  // Asked twice, not shown.
  std::string AskNewPassword(const std::string& user_name, const char* instead);

  // One that exists already: asked once, not shown.
  std::string AskPassword(const std::string& user_name, const char* instead);

  bool Confirm(const std::string& question, const char* instead);

 private:
  void Open(const char* instead);
  void Show(const std::string& text) const;
  std::string ReadLine() const;
  std::string AskHidden(const std::string& prompt) const;

  UniqueFd tty_;
};

}  // namespace ankisync::ctl
