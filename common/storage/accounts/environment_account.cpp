// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/environment_account.h"

#include "common/core/error.h"
#include "common/core/hash.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/accounts/user_name.h"

namespace ankisync {

void CheckEnvironmentAccount(const EnvironmentAccount& account) {
  const auto refuse = [&account](const std::string& why) {
    throw SyncError(ErrorKind::kMalformedRequest, account.variable + ": " + why);
  };
  try {
    CheckUserName(account.name);
  } catch (const SyncError& error) {
    refuse(error.what());
  }
  if (account.kind == EnvironmentAccount::Secret::kHashed && !IsPasswordHash(account.secret))
    refuse("PASSWORDS_HASHED is set, but this is no password hash");
}

bool IsPlainPassword(const EnvironmentAccount& account, std::string_view password) {
  return EqualInConstantTime(Bytes(Sha256(account.secret)), Bytes(Sha256(password)));
}

}  // namespace ankisync
