// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/hostkey.h"

#include <charconv>

#include "common/core/random_token.h"

namespace ankisync {
namespace {

constexpr std::size_t kSecretDigits = 64;

template <typename Number>
bool Read(std::string_view digits, Number& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size();
}

}  // namespace

unsigned BucketOf(std::string_view user_name) {
  const Sha256Digest digest = Sha256(user_name);
  return (digest[0] * 256U + digest[1]) % kBuckets;
}

std::string NewHostkey(std::string_view user_name, AccountId account) {
  return std::to_string(BucketOf(user_name)) + "." + std::to_string(Raw(account)) + "." +
         RandomToken(kSecretDigits / 2);
}

std::optional<HostkeyParts> PartsOf(std::string_view hkey) {
  const auto first = hkey.find('.');
  const auto second = first == hkey.npos ? first : hkey.find('.', first + 1);
  if (second == hkey.npos || hkey.size() - second - 1 != kSecretDigits) return std::nullopt;
  unsigned bucket = 0;
  std::int64_t account = 0;
  if (!Read(hkey.substr(0, first), bucket) || bucket >= kBuckets) return std::nullopt;
  if (!Read(hkey.substr(first + 1, second - first - 1), account) || account <= 0)
    return std::nullopt;
  return HostkeyParts{bucket, static_cast<AccountId>(account)};
}

}  // namespace ankisync
