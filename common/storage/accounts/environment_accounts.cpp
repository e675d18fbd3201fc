// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/environment_accounts.h"

#include <unordered_set>
#include <utility>

#include "common/core/error.h"
#include "common/core/hash.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/accounts/user_name.h"

namespace ankisync {
namespace {

using Secret = EnvironmentAccount::Secret;

EnvironmentAccount Parse(const std::string& variable, const std::string& value, Secret kind) {
  const auto refuse = [&variable](const std::string& why) {
    throw SyncError(ErrorKind::kMalformedRequest, variable + ": " + why);
  };
  const auto colon = value.find(':');
  if (colon == std::string::npos) refuse("is not of the form name:password");
  EnvironmentAccount account{variable, value.substr(0, colon), value.substr(colon + 1), kind};
  try {
    CheckUserName(account.name);
  } catch (const SyncError& error) {
    refuse(error.what());
  }
  // As a rule a variable of the compose file that was not set.
  if (account.secret.empty()) refuse("the password is empty");
  if (kind == Secret::kHashed && !IsPasswordHash(account.secret))
    refuse("PASSWORDS_HASHED is set, but this is no password hash");
  return account;
}

}  // namespace

EnvironmentAccounts ReadEnvironmentAccounts(const Variables& variables) {
  const Secret kind = variables("PASSWORDS_HASHED") ? Secret::kHashed : Secret::kPlain;
  EnvironmentAccounts read;
  std::unordered_set<std::string> names;
  for (int number = 1;; ++number) {
    const std::string variable = "SYNC_USER" + std::to_string(number);
    const auto value = variables(variable);
    if (!value) return read;
    auto account = Parse(variable, *value, kind);
    if (names.insert(account.name).second) {
      read.accounts.push_back(std::move(account));
    } else {
      read.warnings.push_back(variable + " names " + account.name + " again and is ignored");
    }
  }
}

bool IsPlainPassword(const EnvironmentAccount& account, std::string_view password) {
  return EqualInConstantTime(Bytes(Sha256(account.secret)), Bytes(Sha256(password)));
}

}  // namespace ankisync
