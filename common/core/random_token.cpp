// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/random_token.h"

#include <openssl/rand.h>

#include "common/core/error.h"
#include "common/core/hash.h"

namespace ankisync {

std::string RandomToken(std::size_t bytes) {
  std::string raw(bytes, '\0');
  if (::RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
    throw SyncError(ErrorKind::kUnavailable, "the system gave no randomness");
  }
  return Hex(raw);
}

}  // namespace ankisync
