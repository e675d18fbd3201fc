// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace ankisync::ctl {

// An option whose value is a time: "90s", "5m", "36h", "14d".
CLI::Option* AddDuration(CLI::App& command_line, const std::string& name,
                         std::optional<std::chrono::seconds>& value, const std::string& help);

}  // namespace ankisync::ctl
