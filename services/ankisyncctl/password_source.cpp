// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/password_source.h"

#include <fstream>
#include <iostream>

#include "common/core/error.h"

namespace ankisync::ctl {
namespace {

constexpr char kInstead[] = "--password-stdin";

std::string FirstLineOf(std::istream& lines) {
  std::string password;
  std::getline(lines, password);
  if (password.ends_with('\r')) password.pop_back();  // a file that was written on Windows
  if (password.empty()) {
    throw SyncError(ErrorKind::kInconsistentData, "an empty password would let everybody in");
  }
  return password;
}

}  // namespace

std::vector<CLI::Option*> PasswordSource::DefineOn(CLI::App& command_line) {
  CLI::Option* const from_stdin =
      command_line.add_flag("--password-stdin", from_stdin_,
                            "Take the password from the first line of stdin instead of asking");
  CLI::Option* const from_file =
      command_line
          .add_option("--password-file", file_, "Take the password from the first line of a file")
          ->type_name("FILE")
          ->excludes(from_stdin);
  return {from_stdin, from_file};
}

std::string PasswordSource::Read(const std::string& user_name, Terminal& terminal) const {
  auto named = ReadNamed();
  return named ? *std::move(named) : terminal.AskNewPassword(user_name, kInstead);
}

std::string PasswordSource::ReadKnown(const std::string& user_name, Terminal& terminal) const {
  auto named = ReadNamed();
  return named ? *std::move(named) : terminal.AskPassword(user_name, kInstead);
}

std::optional<std::string> PasswordSource::ReadNamed() const {
  if (from_stdin_) return FirstLineOf(std::cin);
  if (file_.empty()) return std::nullopt;
  std::ifstream file(file_);
  if (!file) throw SyncError(ErrorKind::kInconsistentData, file_.string() + " cannot be read");
  return FirstLineOf(file);
}

}  // namespace ankisync::ctl
