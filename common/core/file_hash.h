// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/core/hash.h"

namespace ankisync {

// Reads all of it. Not for a database that this process has open. Errors: those of core/files.h.
Sha1Digest Sha1OfFile(const std::filesystem::path& path);

}  // namespace ankisync
