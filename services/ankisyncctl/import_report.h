// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>

#include "common/storage/moving/foreign_server.h"
#include "services/ankisyncctl/command.h"

// What the imports have in common: --dry-run, --move, and what is said of each user.
namespace ankisync::ctl {

// Adds PATH and the options; `read(path, scratch)` is how the layout is read.
Action DefineImport(CLI::App& command_line, const char* path_help,
                    std::function<ForeignServer(const std::filesystem::path& path,
                                                const std::filesystem::path& scratch)>
                        read);

}  // namespace ankisync::ctl
