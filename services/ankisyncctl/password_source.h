// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "services/ankisyncctl/terminal.h"

namespace ankisync::ctl {

// Where a password comes from: the person, unless the command line names something else.
class PasswordSource {
 public:
  std::vector<CLI::Option*> DefineOn(CLI::App& command_line);

  // A new one; one that exists already. Errors: as Terminal; SyncError when there is no such file,
  // or nothing in it.
  std::string Read(const std::string& user_name, Terminal& terminal) const;
  std::string ReadKnown(const std::string& user_name, Terminal& terminal) const;

 private:
  // Nothing: the person is to be asked.
  std::optional<std::string> ReadNamed() const;

  bool from_stdin_ = false;
  std::filesystem::path file_;
};

}  // namespace ankisync::ctl
