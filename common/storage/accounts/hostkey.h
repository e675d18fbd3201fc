// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/hash.h"
#include "common/core/ids.h"

// The hkey that a device keeps after its login: "<bucket>.<account id>.<64 hex digits>". The digits
// are 256 random bits and the whole secret; bucket and account say where the user lives to a server
// that has never seen the key. Stored as its SHA-256 only.
namespace ankisync {

// Users are spread over machines by bucket. Part of every key ever given: never to be changed.
inline constexpr unsigned kBuckets = 1024;

unsigned BucketOf(std::string_view user_name);

std::string NewHostkey(std::string_view user_name, AccountId account);

struct HostkeyParts {
  unsigned bucket;
  AccountId account;
};

// What a key says of itself, true or not; nothing for what is no key of ours.
std::optional<HostkeyParts> PartsOf(std::string_view hkey);

// Of any key, also one that another server once gave.
inline Sha256Digest DigestOfKey(std::string_view hkey) { return Sha256(hkey); }

}  // namespace ankisync
