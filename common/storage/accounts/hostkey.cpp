// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/hostkey.h"

#include "common/core/random_token.h"

namespace ankisync {

unsigned BucketOf(std::string_view user_name) {
  const Sha256Digest digest = Sha256(user_name);
  return (digest[0] * 256U + digest[1]) % kBuckets;
}

std::string NewHostkey(std::string_view user_name, AccountId account) {
  return std::to_string(BucketOf(user_name)) + "." + std::to_string(Raw(account)) + "." +
         RandomToken(32);
}

}  // namespace ankisync
