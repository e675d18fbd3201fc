// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

void Check(int result) {
  if (result != 1) throw SyncError(ErrorKind::kInternal, "a digest of the crypto library failed");
}

template <std::size_t N>
std::array<unsigned char, N> DigestOf(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, N> digest;
  Check(::EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr));
  return digest;
}

}  // namespace

struct Sha1Hasher::Context {
  EVP_MD_CTX* evp = ::EVP_MD_CTX_new();
  ~Context() { ::EVP_MD_CTX_free(evp); }
};

Sha1Digest Sha1(std::string_view bytes) { return DigestOf<20>(bytes, ::EVP_sha1()); }

Sha256Digest Sha256(std::string_view bytes) { return DigestOf<32>(bytes, ::EVP_sha256()); }

Sha1Hasher::Sha1Hasher() : context_(std::make_unique<Context>()) {
  Check(::EVP_DigestInit_ex(context_->evp, ::EVP_sha1(), nullptr));
}

Sha1Hasher::~Sha1Hasher() = default;

void Sha1Hasher::Update(std::string_view bytes) {
  Check(::EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
}

Sha1Digest Sha1Hasher::Finish() {
  Sha1Digest digest;
  Check(::EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr));
  return digest;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ankisync
