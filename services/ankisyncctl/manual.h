// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace ankisync::ctl {

// ankisyncctl(1), for man: made from the command line itself, so that it cannot lag behind it.
std::string ManPage(const CLI::App& app, const std::string& version, const std::string& exit_codes);

}  // namespace ankisync::ctl
