// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/storage/accounts/account.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {

// Whose request it is, and what stands in its way.
struct Identity {
  AccountId account{};
  DeviceId device{};
  std::string name;
  std::string folder;
  AccountState state{};
  Quota quota;
  std::optional<Hold> hold;  // the account's own before everybody's
};

// Looks keys up, mostly without a system call: every reader keeps what it found until either
// database changes, in whichever process, so that a revoked device, a disabled account or a hold
// shows on the next request. Threads: any, I/O threads too; readers grow to as many as are used at
// a time. Errors: kUnavailable.
class Authenticator {
 public:
  Authenticator(const SharedDatabase& auth, const SharedDatabase& sessions);
  ~Authenticator();

  // Null: a key that is unknown or revoked, or whose account was deleted.
  std::shared_ptr<const Identity> Find(std::string_view hkey);

  // Whether there is or was such an account in this volume.
  bool HasAccount(AccountId account);

 private:
  class Reader;
  template <typename Question>
  auto Ask(Question&& question);
  std::unique_ptr<Reader> Take();

  const SharedDatabase& auth_;
  const SharedDatabase& sessions_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace ankisync
