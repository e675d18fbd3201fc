// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/core/ids.h"
#include "common/storage/moving/import_media.h"

namespace ankisync {

// Makes another server's collection, of schema 11 or 18, the first generation in `user_folder`,
// checked as an upload is: mod, scm and usn stay, so clients that are in step stay so. No harm when
// either is not, or already, there. Errors: kInconsistentData when it is refused, naming the fault;
// kUnavailable while another program has it open.
void ImportCollection(const std::filesystem::path& collection, SourceFiles source,
                      const std::filesystem::path& user_folder, UnixMillis now);

}  // namespace ankisync
