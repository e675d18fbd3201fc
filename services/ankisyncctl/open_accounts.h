// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/core/clock.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/volume/volume.h"

namespace ankisync::ctl {

// The accounts of a data folder, while servers use them or not.
struct OpenAccounts {
  explicit OpenAccounts(const std::filesystem::path& data) : volume(data, Volume::Create::kNever) {}

  SystemClock clock;
  Volume volume;
  SharedDatabase auth = OpenAuthDatabase(volume);
  SharedDatabase sessions = OpenSessionDatabase(volume);
  Devices devices{sessions, clock};
  Accounts accounts{auth, devices, clock};
};

}  // namespace ankisync::ctl
