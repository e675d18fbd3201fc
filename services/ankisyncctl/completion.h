// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace ankisync::ctl {

// A script for `shell` (bash, zsh or fish) that makes it complete our commands and their options,
// and files elsewhere. Made from the command line itself, so that it cannot lag behind it.
std::string Completion(const CLI::App& app, const std::string& shell);

}  // namespace ankisync::ctl
