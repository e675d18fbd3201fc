// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/storage/accounts/account.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/accounts/environment_account.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {

// The accounts of auth.db. One that a move holds (move_hold.h) is changed by nobody. Every change
// counts from the next request on, in every process of the volume. Nothing here hashes: callers do
// (password_hash.h), since no lock may be held meanwhile. Threads: any. Errors: kInconsistentData
// with a sentence for the operator when a change is refused, kMalformedRequest for an impossible
// user name, and those of SharedDatabase.
class Accounts {
 public:
  Accounts(SharedDatabase& auth, Devices& devices, const Clock& clock)
      : auth_(auth), devices_(devices), clock_(clock) {}

  std::optional<Account> Find(std::string_view name) const;

  // For asking before a person is asked anything. Refuse what Add() would, what every change would,
  // what SetPassword() would, what Delete() would.
  void CheckAddable(std::string_view name) const;
  Account Get(std::string_view name) const;
  Account GetOurs(std::string_view name) const;
  void CheckDeletable(std::string_view name) const;

  std::vector<Account> List() const;  // by name

  // A deleted account of that name comes back with its data and without its devices. One that the
  // environment does not name any more is taken over, devices and all.
  enum class Origin { kNew, kDeleted, kWithdrawn };
  struct Added {
    Account account;
    Origin origin;
  };
  Added Add(std::string_view name, const std::string& password_hash);

  enum class ThenDevices { kStay, kAreRevoked };
  void SetPassword(std::string_view name, const std::string& password_hash, ThenDevices devices);

  // A better hash of the same password; not if the stored one changed since `account` was read.
  void Rehash(const Account& account, const std::string& password_hash);

  // Devices are revoked; the folder stays, and the account can be added again.
  void Delete(std::string_view name);

  // Accounts that were deleted and whose data is still there. Several may have had one name.
  struct Deleted {
    AccountId id{};
    std::string name;
    std::string folder;
  };
  std::vector<Deleted> ListDeleted() const;

  // Nothing says any more that there was such a deleted account, and its folder's name may be given
  // away: when the folder has gone.
  void Forget(AccountId deleted);

  void Rename(std::string_view name, std::string_view new_name);  // folder and devices stay
  void Enable(std::string_view name);
  void Disable(std::string_view name);  // devices stay: they are told so
  void SetQuota(std::string_view name, const Quota& quota);

  // One of another volume's database as it is there, id and all, held as arriving
  // from the first moment on; its folder is another one where that name is taken. Again: as it is
  // now.
  Account Arrive(const Account& account, std::string_view from_cell);

  // Makes the accounts of the environment those of `named`, in one transaction: new ones get a row
  // and a folder, others are withdrawn. For the one program that serves logins: another, without
  // the variables, would withdraw everybody. Returns warnings: an account of the database wins over
  // a variable of the same name. Errors: those of CheckEnvironmentAccount().
  std::vector<std::string> AdoptEnvironment(std::span<const EnvironmentAccount> named);

 private:
  SharedDatabase& auth_;
  Devices& devices_;
  const Clock& clock_;
};

}  // namespace ankisync
