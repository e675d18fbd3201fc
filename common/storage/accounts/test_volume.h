// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/core/temporary_folder.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/accounts/password_hash.h"

namespace ankisync {

inline constexpr Argon2Cost kCheapHash{.passes = 1, .memory_bytes = 8 << 10};

// For tests: what one program holds of a volume. Several on one volume are several programs.
struct TestProgram {
  explicit TestProgram(const Volume& volume)
      : auth(OpenAuthDatabase(volume)), sessions(OpenSessionDatabase(volume)) {}

  Account Add(std::string_view name, std::string_view password = "geheim") {
    return accounts.Add(name, HashPassword(password, kCheapHash)).account;
  }

  ManualClock clock{UnixMillis{1'700'000'000'000}};
  SharedDatabase auth;
  SharedDatabase sessions;
  Devices devices{sessions, clock};
  Accounts accounts{auth, devices, clock};
  Holds holds{auth};
};

struct TestVolume {
  TemporaryFolder folder;
  Volume volume{folder.path(), Volume::Create::kIfMissing};
};

}  // namespace ankisync
