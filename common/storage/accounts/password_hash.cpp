// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/password_hash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "common/core/error.h"
#include "common/core/hash.h"
#include "common/core/random_token.h"

namespace ankisync {
namespace {

constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
constexpr std::uint64_t kArgon2KibMax = std::uint64_t{1} << 32;
constexpr std::uint64_t kArgon2PassesMax = 1000;
constexpr std::uint64_t kPbkdf2RoundsMax = 10'000'000;
constexpr std::size_t kHashBytesMax = 64;
constexpr std::size_t kPythonHexDigits = 64;
constexpr std::size_t kPythonSaltDigits = 16;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, nullptr, kBase64) != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string ToBase64(std::string_view bytes) {
  std::string text(::sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  ::sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kBase64);
  text.pop_back();  // the terminator
  return text;
}

// The number of "name=number" in "i=600000,l=32"; 0 without one.
std::uint64_t NumberOf(std::string_view name, std::string_view parameters) {
  std::uint64_t number = 0;
  for (const std::string_view parameter : Split(parameters, ',')) {
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || parameter.substr(0, equals) != name) continue;
    std::from_chars(parameter.data() + equals + 1, parameter.data() + parameter.size(), number);
  }
  return number;
}

struct Argon2id {
  Argon2Cost cost;
  std::string salt;
  std::string hash;
};

std::optional<Argon2id> ParseArgon2id(std::string_view stored) {
  const auto parts = Split(stored, '$');
  if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id" || parts[2] != "v=19" ||
      NumberOf("p", parts[3]) != 1)
    return std::nullopt;
  const std::uint64_t memory_kib = NumberOf("m", parts[3]);
  const std::uint64_t passes = NumberOf("t", parts[3]);
  const auto salt = FromBase64(parts[4]);
  const auto hash = FromBase64(parts[5]);
  if (memory_kib < 8 || memory_kib > kArgon2KibMax || passes < 1 || passes > kArgon2PassesMax ||
      !salt || salt->size() != crypto_pwhash_SALTBYTES || !hash ||
      hash->size() < crypto_pwhash_BYTES_MIN || hash->size() > kHashBytesMax)
    return std::nullopt;
  return Argon2id{{passes, memory_kib << 10}, *salt, *hash};
}

bool Verify(const Argon2id& stored, std::string_view password) {
  std::string hash(stored.hash.size(), '\0');
  // Not crypto_pwhash_str_verify(), which calls a want of memory a mismatch: nobody may be told
  // that a password was wrong for that.
  if (::crypto_pwhash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), password.data(),
                      password.size(), reinterpret_cast<const unsigned char*>(stored.salt.data()),
                      stored.cost.passes, stored.cost.memory_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw SyncError(ErrorKind::kUnavailable, "no memory to verify a password with");
  return EqualInConstantTime(hash, stored.hash);
}

struct Pbkdf2 {
  const EVP_MD* digest = nullptr;
  int rounds = 0;
  std::string salt;
  std::string hash;
};

std::optional<Pbkdf2> ParsePbkdf2(std::string_view stored) {
  const auto parts = Split(stored, '$');
  if (parts.size() != 5 || !parts[0].empty()) return std::nullopt;
  const EVP_MD* digest = nullptr;
  if (parts[1] == "pbkdf2-sha256") digest = ::EVP_sha256();
  if (parts[1] == "pbkdf2-sha512") digest = ::EVP_sha512();
  const std::uint64_t rounds = NumberOf("i", parts[2]);
  const auto salt = FromBase64(parts[3]);
  const auto hash = FromBase64(parts[4]);  // "l=" says its length once more
  if (!digest || rounds < 1 || rounds > kPbkdf2RoundsMax || !salt || !hash || hash->empty() ||
      hash->size() > kHashBytesMax)
    return std::nullopt;
  return Pbkdf2{digest, static_cast<int>(rounds), *salt, *hash};
}

bool Verify(const Pbkdf2& stored, std::string_view password) {
  std::string hash(stored.hash.size(), '\0');
  if (::PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(stored.salt.data()),
                          static_cast<int>(stored.salt.size()), stored.rounds, stored.digest,
                          static_cast<int>(hash.size()),
                          reinterpret_cast<unsigned char*>(hash.data())) != 1)
    throw SyncError(ErrorKind::kUnavailable, "a password could not be hashed");
  return EqualInConstantTime(hash, stored.hash);
}

struct PythonHash {
  std::string user_name;
  std::string_view hex;
  std::string_view salt;
};

std::optional<PythonHash> ParsePythonHash(std::string_view stored) {
  const auto parts = Split(stored, '$');
  if (parts.size() != 4 || !parts[0].empty() || parts[1] != "ankisyncd") return std::nullopt;
  const auto user_name = FromBase64(parts[2]);
  const bool is_hex = std::all_of(parts[3].begin(), parts[3].end(), [](unsigned char c) {
    return std::string_view("0123456789abcdef").find(static_cast<char>(c)) != std::string::npos;
  });
  if (!user_name || !is_hex || parts[3].size() != kPythonHexDigits + kPythonSaltDigits)
    return std::nullopt;
  return PythonHash{*user_name, parts[3].substr(0, kPythonHexDigits),
                    parts[3].substr(kPythonHexDigits)};
}

bool Verify(const PythonHash& stored, std::string_view password) {
  const auto text = stored.user_name + std::string(password) + std::string(stored.salt);
  return EqualInConstantTime(Hex(Sha256(text)), stored.hex);
}

}  // namespace

std::string HashPassword(std::string_view password, const Argon2Cost& cost) {
  char stored[crypto_pwhash_STRBYTES];
  if (::sodium_init() < 0 || ::crypto_pwhash_str(stored, password.data(), password.size(),
                                                 cost.passes, cost.memory_bytes) != 0)
    throw SyncError(ErrorKind::kUnavailable, "no memory to hash a password with");
  return stored;
}

bool IsPasswordHash(const std::string& stored) {
  return ParseArgon2id(stored) || ParsePbkdf2(stored) || ParsePythonHash(stored);
}

bool VerifyPassword(const std::string& stored, std::string_view password) {
  if (const auto argon2id = ParseArgon2id(stored)) return Verify(*argon2id, password);
  if (const auto pbkdf2 = ParsePbkdf2(stored)) return Verify(*pbkdf2, password);
  if (const auto python = ParsePythonHash(stored)) return Verify(*python, password);
  throw SyncError(ErrorKind::kInternal, "a stored password hash is of no kind that we know");
}

bool IsOutdated(const std::string& stored, const Argon2Cost& cost) {
  const auto argon2id = ParseArgon2id(stored);
  return !argon2id || argon2id->cost != cost;
}

std::string DecoyHash(const Argon2Cost& cost) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes >> 10) +
         ",t=" + std::to_string(cost.passes) + ",p=1$" + ToBase64(RandomToken(8)) + "$" +
         ToBase64(RandomToken(16));
}

std::string HashOfPythonServer(std::string_view user_name, std::string_view hash) {
  return "$ankisyncd$" + ToBase64(user_name) + "$" + std::string(hash);
}

}  // namespace ankisync
