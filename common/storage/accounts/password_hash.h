// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Passwords as they are stored. Ours are argon2id; the others come with accounts from elsewhere and
// are verified as they are:
//
//   $argon2id$v=19$m=19456,t=2,p=1$salt$hash  salt of 16 bytes
//   $pbkdf2-sha256$i=600000,l=32$salt$hash    also -sha512; the official server's
//   $ankisyncd$<user name>$<80 hex digits>    the Python servers' and anki-sync-server-rs's; the
//                                             name, unpadded base64, is part of what was hashed
//
// All take tens of milliseconds and up to the named memory: no lock may be held meanwhile, and
// hashing_slots.h bounds how many run at a time. Threads: any.
namespace ankisync {

struct Argon2Cost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = std::size_t{19} << 20;

  bool operator==(const Argon2Cost&) const = default;
};

// Errors: kUnavailable for want of memory.
std::string HashPassword(std::string_view password, const Argon2Cost& cost);

bool IsPasswordHash(const std::string& stored);

// Errors: kInternal for what is no hash; kUnavailable for want of memory.
bool VerifyPassword(const std::string& stored, std::string_view password);

// Another kind or cost than HashPassword() would make now.
bool IsOutdated(const std::string& stored, const Argon2Cost& cost);

// Of no password, and as costly to verify as one of HashPassword(): for users who do not exist.
std::string DecoyHash(const Argon2Cost& cost);

// The stored form of a row (username, hash) of a Python server's auth.db.
std::string HashOfPythonServer(std::string_view user_name, std::string_view hash);

}  // namespace ankisync
