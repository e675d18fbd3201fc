// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/core/error.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/hashing_slots.h"
#include "common/storage/accounts/password_hash.h"

namespace ankisync {

// Both are kWrongCredentials and look the same to the person; only the log and the metrics tell.
class LoginRefused : public SyncError {
 public:
  enum class Why { kUnknownUser, kWrongPassword };
  explicit LoginRefused(Why why);
  Why why() const { return why_; }

 private:
  Why why_;
};

// Turns a name and a password into a device of its own. Every attempt costs a hash, whether there
// is such a user or not. Threads: any, but not I/O threads, and best a few of their own: it waits
// for its turn to hash.
class LoginDesk {
 public:
  struct Settings {
    Argon2Cost cost;
    HashingSlots::Bounds hashing;
  };

  // `named`: what Accounts::AdoptEnvironment() was told.
  LoginDesk(Accounts& accounts, Devices& devices, std::vector<EnvironmentAccount> named,
            const Settings& settings);

  // The hkey. A disabled account gets one too: `meta` tells it why nothing syncs.
  // Errors: LoginRefused; kUnavailable when too many log in at a time.
  std::string Login(std::string_view name, std::string_view password, const Client& client);

 private:
  bool IsRight(const std::optional<Account>& account, std::string_view password) const;

  Accounts& accounts_;
  Devices& devices_;
  const Argon2Cost cost_;
  std::unordered_map<std::string, EnvironmentAccount> named_;
  std::string decoy_;
  HashingSlots slots_;
};

}  // namespace ankisync
