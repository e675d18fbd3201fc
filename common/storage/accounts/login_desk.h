// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/core/error.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/hashing_slots.h"
#include "common/storage/accounts/login_throttle.h"
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
// is such a user or not, and a wait after too many that failed (login_throttle.h). Threads: any,
// but not I/O threads, and best some of their own: it waits for its turn.
class LoginDesk {
 public:
  struct Settings {
    Argon2Cost cost;
    HashingSlots::Bounds hashing;
    LoginThrottle::Settings throttle;
    int waiting_max = 16;  // after failures; each holds a thread
    // Whether many people may be behind an address: it is not counted then.
    std::function<bool(std::string_view address)> is_shared = [](std::string_view) {
      return false;
    };
    // Told how long a password's check took; must not throw.
    std::function<void(std::chrono::steady_clock::duration)> on_checked = [](auto) {};
    std::function<void(std::chrono::milliseconds)> wait = [](std::chrono::milliseconds time) {
      std::this_thread::sleep_for(time);
    };
  };

  // `named`: what Accounts::AdoptEnvironment() was told.
  LoginDesk(Accounts& accounts, Devices& devices, const Clock& clock,
            std::vector<EnvironmentAccount> named, Settings settings);

  // The hkey. A disabled account gets one too: `meta` tells it why nothing syncs.
  // Errors: LoginRefused; LoginThrottled; kUnavailable when too many log in at a time.
  std::string Login(std::string_view name, std::string_view password, const Client& client);

 private:
  void WaitForTurn(const LoginThrottle::Attempt& attempt);
  Account Verify(std::string_view name, std::string_view password);
  bool IsRight(const std::optional<Account>& account, std::string_view password) const;

  Accounts& accounts_;
  Devices& devices_;
  const Settings settings_;
  std::unordered_map<std::string, EnvironmentAccount> named_;
  std::string decoy_;
  HashingSlots slots_;
  LoginThrottle throttle_;
  std::atomic<int> waiting_ = 0;
};

}  // namespace ankisync
