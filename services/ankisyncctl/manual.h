// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>

// Made from the command line itself, so that they cannot lag behind it.
namespace ankisync::ctl {

// ankisyncctl(1), for man.
std::string ManPage(const CLI::App& app, const std::string& version, const std::string& exit_codes);

// For bash: a script that is to be sourced.
std::string BashCompletion(const CLI::App& app);

}  // namespace ankisync::ctl
