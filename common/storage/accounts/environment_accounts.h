// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ankisync {

// An account that the official server's variables name: SYNC_USER1, SYNC_USER2 … up to the first
// that is not set, each "name:password", split at the first colon. With PASSWORDS_HASHED, set to
// anything at all, the second half is a hash (password_hash.h). Passwords stay in memory.
struct EnvironmentAccount {
  enum class Secret { kPlain, kHashed };

  std::string variable;  // "SYNC_USER1"
  std::string name;
  std::string secret;
  Secret kind = Secret::kPlain;
};

struct EnvironmentAccounts {
  std::vector<EnvironmentAccount> accounts;
  std::vector<std::string> warnings;  // for the log: what was ignored
};

// The value of a variable, where it is set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

// Nothing is hashed. Errors: kMalformedRequest, naming the variable and never its value.
EnvironmentAccounts ReadEnvironmentAccounts(const Variables& variables);

// In a time that tells nothing of either.
bool IsPlainPassword(const EnvironmentAccount& account, std::string_view password);

}  // namespace ankisync
