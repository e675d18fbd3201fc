// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/storage/accounts/holds.h"
#include "common/storage/volume/file_lock.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

// One account's collection, for this command alone while the object lives: a hold asks the servers
// to let go of it, which they do within a second, or when a transfer that is under way has ended.
// Errors: kUnavailable when they did not.
class HeldUser {
 public:
  // `reason` is one word; `sentence` is for the person who syncs meanwhile.
  HeldUser(OpenAccounts& open, AccountId account, const std::string& folder, std::string reason,
           const std::string& sentence);
  ~HeldUser();
  HeldUser(const HeldUser&) = delete;
  HeldUser& operator=(const HeldUser&) = delete;

 private:
  class Placed {
   public:
    Placed(OpenAccounts& open, AccountId account, std::string reason, const std::string& sentence);
    ~Placed();
    Placed(const Placed&) = delete;
    Placed& operator=(const Placed&) = delete;

   private:
    Holds holds_;
    AccountId account_;
    std::string reason_;
  };

  Placed placed_;
  FileLock lock_;
};

}  // namespace ankisync::ctl
