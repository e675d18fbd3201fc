// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/core/ids.h"

namespace ankisync {

// A collection for a user who has none: deck 1, preset 1, the stock notetypes, the usual
// configuration. `mod` is 0, because a fresh client's is 0 too and must find nothing to do. On the
// disk, without a WAL, when this returns. Errors: kInternal when the file exists; those of
// sqlite::Connection. Source: docs/protocol.md, 8.8.
void CreateCollection(const std::filesystem::path& path, UnixMillis now);

}  // namespace ankisync
