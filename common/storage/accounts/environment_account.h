// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync {

// An account that a variable of the official server names: SYNC_USER1=name:password and so on. Its
// password stays in memory.
struct EnvironmentAccount {
  enum class Secret { kPlain, kHashed };  // kHashed, by PASSWORDS_HASHED: password_hash.h

  std::string variable;  // "SYNC_USER1"
  std::string name;
  std::string secret;
  Secret kind = Secret::kPlain;
};

// Nothing is hashed. Errors: kMalformedRequest for an impossible user name and for what is no hash;
// the message names the variable and never its value.
void CheckEnvironmentAccount(const EnvironmentAccount& account);

// For Secret::kPlain; takes a time that tells nothing of either.
bool IsPlainPassword(const EnvironmentAccount& account, std::string_view password);

}  // namespace ankisync
