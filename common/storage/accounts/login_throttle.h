// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/core/hash.h"

namespace ankisync {

// A login that was not even tried, after too many that failed. Not wrong credentials: nobody's
// login is forgotten over it.
class LoginThrottled : public SyncError {
 public:
  LoginThrottled()
      : SyncError(ErrorKind::kUnavailable, "too many logins failed; the next may be tried soon") {}
};

// How long a login waits for its turn, after others failed. An account and an address each have a
// budget of failures, which grows back with time. Within it nobody waits; beyond it attempts take
// turns, one each time a failure has grown back, and whoever would wait for longer than `wait_max`
// is refused. Nothing is ever locked: a right password gets in at its turn.
//
// Only failures count. An address that did not fail on an account lately does not wait for those
// who guess that account's password from elsewhere. Addresses of IPv6 are counted by their /64.
//
// In memory, of this process alone; at most `keys_max` names and addresses. Threads: any.
class LoginThrottle {
 public:
  using Millis = std::chrono::milliseconds;

  struct Budget {
    int failures;
    Millis grows_back;  // one failure
  };
  struct Settings {
    Budget account{10, Millis(1000)};
    Budget address{20, Millis(1000)};
    Budget address_on_account{3, Millis(60'000)};
    Millis wait_max{5000};
    std::size_t keys_max = 20'000;
  };

  LoginThrottle(const Settings& settings, const Clock& clock)
      : settings_(settings), clock_(clock) {}

  // One attempt, whether there is such an account or not.
  struct Attempt {
    Attempt(std::string_view name, std::string_view client_address, bool address_is_shared);

    Sha256Digest account;
    Sha256Digest address_on_account;
    std::optional<Sha256Digest> address;  // none: many people may be behind it
  };

  // How long to wait before the password is looked at. Errors: LoginThrottled.
  Millis TakeTurn(const Attempt& attempt);

  void Failed(const Attempt& attempt);
  void Succeeded(const Attempt& attempt);  // this address may fail on this account again

  std::size_t size() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Spent {
    const Budget* budget;
    Time whole_again;  // when nothing of it is spent any more
    Time next_turn;

    // Or others wait already.
    bool entirely(Time now) const {
      return whole_again - now > (budget->failures - 1) * budget->grows_back || next_turn > now;
    }
    double part(Time now) const {
      return std::chrono::duration<double>(whole_again - now) /
             (budget->failures * budget->grows_back);
    }
  };

  Spent* FindEntirelySpent(const Sha256Digest& key, Time now);
  void Spend(const Sha256Digest& key, const Budget& budget, Time now);
  void ForgetTheLesserHalf(Time now);

  const Settings settings_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::unordered_map<Sha256Digest, Spent, DigestHash> spent_;
};

}  // namespace ankisync
