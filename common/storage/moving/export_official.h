// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/moving/foreign_server.h"

namespace ankisync {

struct Exported {
  std::uint64_t media_files = 0;
  std::uint64_t media_bytes = 0;
  std::vector<std::string> remarks;  // media whose content is lost
};

// The way back: one user's folder as the official server keeps it, with the same mod, scm and usns,
// so that clients which are in step with us are in step with it. A consistent copy, while servers
// run; media that change meanwhile are those of one moment. `to` must not exist. Made beside it and
// renamed when complete. Errors: those of core/files.h and sqlite::Connection; kInconsistentData
// when `to` exists.
Exported ExportOfficial(const std::filesystem::path& user_folder, const std::filesystem::path& to,
                        const Clock& clock, WorkerPool& disk);

}  // namespace ankisync
