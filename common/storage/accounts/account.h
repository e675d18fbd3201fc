// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/core/ids.h"
#include "common/sqlite/cursor.h"
#include "common/storage/accounts/quota.h"

namespace ankisync {

// Who owns an account. kEnvironment: variables of the server name it and hold its password.
enum class AccountSource { kDatabase, kEnvironment };

enum class AccountState {
  kEnabled,
  kDisabled,   // by the operator
  kWithdrawn,  // of the environment, which does not name it any more
};

struct Account {
  AccountId id{};      // random, for ever, the same on whichever machine
  std::string name;    // may change
  std::string folder;  // below collections/users/; for ever
  AccountSource source{};
  AccountState state{};
  std::string password_hash;  // password_hash.h; empty for one of the environment
  UnixMillis created{};
  Quota quota;
};

// From a row of SELECT * FROM live_accounts.
Account AccountOf(const sqlite::Cursor& row);

// Its keys may name another bucket than its name does (hostkey.h).
bool WasRenamed(const Account& account);

const char* NameOf(AccountSource source);  // "db", "env"
const char* NameOf(AccountState state);    // "enabled", "disabled", "withdrawn"

}  // namespace ankisync
