// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/login_desk.h"

#include "common/storage/accounts/hostkey.h"

namespace ankisync {

LoginRefused::LoginRefused(Why why)
    : SyncError(ErrorKind::kWrongCredentials,
                why == Why::kUnknownUser ? "unknown user" : "wrong password"),
      why_(why) {}

LoginDesk::LoginDesk(Accounts& accounts, Devices& devices, std::vector<EnvironmentAccount> named,
                     const Settings& settings)
    : accounts_(accounts),
      devices_(devices),
      cost_(settings.cost),
      decoy_(DecoyHash(settings.cost)),
      slots_(settings.hashing) {
  for (EnvironmentAccount& account : named) {
    // Where hashes were given, an unknown user costs what they cost.
    if (account.kind == EnvironmentAccount::Secret::kHashed) decoy_ = account.secret;
    named_.emplace(account.name, std::move(account));
  }
}

std::string LoginDesk::Login(std::string_view name, std::string_view password,
                             const Client& client) {
  const auto account = accounts_.Find(name);
  std::optional<std::string> better_hash;
  {
    const auto slot = slots_.Take();
    const bool is_right = IsRight(account, password);
    if (!account) throw LoginRefused(LoginRefused::Why::kUnknownUser);
    if (!is_right) throw LoginRefused(LoginRefused::Why::kWrongPassword);
    if (account->source == AccountSource::kDatabase && IsOutdated(account->password_hash, cost_))
      better_hash = HashPassword(password, cost_);
  }
  if (better_hash) accounts_.Rehash(*account, *better_hash);
  std::string hkey = NewHostkey(account->name, account->id);
  devices_.Register(account->id, hkey, client);
  return hkey;
}

bool LoginDesk::IsRight(const std::optional<Account>& account, std::string_view password) const {
  if (account && account->source == AccountSource::kDatabase)
    return VerifyPassword(account->password_hash, password);
  const auto named = account ? named_.find(account->name) : named_.end();
  if (named != named_.end() && named->second.kind == EnvironmentAccount::Secret::kHashed)
    return VerifyPassword(named->second.secret, password);
  VerifyPassword(decoy_, password);
  return named != named_.end() && IsPlainPassword(named->second, password);
}

}  // namespace ankisync
