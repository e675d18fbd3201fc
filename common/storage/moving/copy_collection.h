// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

namespace ankisync {

// Writes a consistent copy of a user's present collection, while a server may have it open: closed,
// without side files. False when the user has none yet.
bool CopyCollection(const std::filesystem::path& user_folder, const std::filesystem::path& to);

}  // namespace ankisync
