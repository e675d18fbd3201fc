// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "common/config/config.h"
#include "common/core/ids.h"
#include "common/storage/volume/volume.h"
#include "services/ankisyncctl/doctor/finding.h"
#include "services/ankisyncctl/doctor/outside/web.h"

// A data folder and the machine that it is on, looked at beside servers that run or do not. What
// servers check when they start and for /readyz is asked of the same code.
namespace ankisync::doctor {

struct Premises {
  std::filesystem::path data;
  std::filesystem::path config_file;  // empty: variables alone
  UnixMillis now{};
};

// All of them. Nothing is changed but what opening a database does.
Findings ExamineLocally(const Premises& premises, const Web& web);

// The checks. The configuration as servers started from here would have it; defaults where they
// would refuse it.
Config CheckConfiguration(const Premises& premises, Findings& findings);
// Still the volume that it was, writable, with space.
void CheckVolume(const Volume& volume, Findings& findings);
void CheckFileSystem(const std::filesystem::path& data, Findings& findings);
void CheckPermissions(const Volume& volume, Findings& findings);
void CheckDatabases(const Volume& volume, Findings& findings);
void CheckAccounts(const Volume& volume, Findings& findings);
void CheckBackups(const Volume& volume, UnixMillis now, Findings& findings);
void CheckClock(UnixMillis now, Findings& findings);
void CheckDescriptors(const Config& config, Findings& findings);
// Asks servers that run here whether they are ready.
void CheckServers(const Config& config, const Web& web, Findings& findings);

}  // namespace ankisync::doctor
