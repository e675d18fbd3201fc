// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/login_desk.h"

#include "common/storage/accounts/hostkey.h"

namespace ankisync {

LoginRefused::LoginRefused(Why why)
    : SyncError(ErrorKind::kWrongCredentials,
                why == Why::kUnknownUser ? "unknown user" : "wrong password"),
      why_(why) {}

LoginDesk::LoginDesk(Accounts& accounts, Devices& devices, const Clock& clock,
                     std::vector<EnvironmentAccount> named, Settings settings)
    : accounts_(accounts),
      devices_(devices),
      settings_(std::move(settings)),
      decoy_(DecoyHash(settings_.cost)),
      slots_(settings_.hashing),
      throttle_(settings_.throttle, clock) {
  for (EnvironmentAccount& account : named) {
    // Where hashes were given, an unknown user costs what they cost.
    if (account.kind == EnvironmentAccount::Secret::kHashed) decoy_ = account.secret;
    named_.emplace(account.name, std::move(account));
  }
}

std::string LoginDesk::Login(std::string_view name, std::string_view password,
                             const Client& client) {
  const LoginThrottle::Attempt attempt(name, client.address, settings_.is_shared(client.address));
  WaitForTurn(attempt);
  try {
    const Account account = Verify(name, password);
    throttle_.Succeeded(attempt);
    std::string hkey = NewHostkey(account.name, account.id);
    devices_.Register(account.id, hkey, client);
    return hkey;
  } catch (const LoginRefused&) {
    throttle_.Failed(attempt);
    throw;
  }
}

void LoginDesk::WaitForTurn(const LoginThrottle::Attempt& attempt) {
  const auto wait = throttle_.TakeTurn(attempt);
  if (wait.count() == 0) return;
  const bool is_one_too_many = waiting_++ >= settings_.waiting_max;
  if (!is_one_too_many) settings_.wait(wait);
  --waiting_;
  if (is_one_too_many) throw LoginThrottled();
}

Account LoginDesk::Verify(std::string_view name, std::string_view password) {
  const auto account = accounts_.Find(name);
  std::optional<std::string> better_hash;
  {
    const auto slot = slots_.Take();
    const auto began = std::chrono::steady_clock::now();
    const bool is_right = IsRight(account, password);
    settings_.on_checked(std::chrono::steady_clock::now() - began);
    if (!account) throw LoginRefused(LoginRefused::Why::kUnknownUser);
    if (!is_right) throw LoginRefused(LoginRefused::Why::kWrongPassword);
    if (account->source == AccountSource::kDatabase &&
        IsOutdated(account->password_hash, settings_.cost))
      better_hash = HashPassword(password, settings_.cost);
  }
  if (better_hash) accounts_.Rehash(*account, *better_hash);
  return *account;
}

bool LoginDesk::IsRight(const std::optional<Account>& account, std::string_view password) const {
  if (account && account->source == AccountSource::kDatabase) {
    // One that came from elsewhere may take no time at all, and would tell that there is a user.
    if (IsOutdated(account->password_hash, settings_.cost)) VerifyPassword(decoy_, password);
    return VerifyPassword(account->password_hash, password);
  }
  const auto named = account ? named_.find(account->name) : named_.end();
  if (named != named_.end() && named->second.kind == EnvironmentAccount::Secret::kHashed)
    return VerifyPassword(named->second.secret, password);
  VerifyPassword(decoy_, password);
  return named != named_.end() && IsPlainPassword(named->second, password);
}

}  // namespace ankisync
