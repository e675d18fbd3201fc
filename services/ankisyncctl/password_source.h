// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "services/ankisyncctl/terminal.h"

namespace ankisync::ctl {

// Where a new password comes from: the person, unless the command line names something else.
class PasswordSource {
 public:
  void DefineOn(CLI::App& command_line);

  // Errors: as Terminal; SyncError when there is no such file, or nothing in it.
  std::string Read(const std::string& user_name, Terminal& terminal) const;

 private:
  bool from_stdin_ = false;
  std::filesystem::path file_;
};

}  // namespace ankisync::ctl
