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

// Looked up once: EVP_sha256() is looked up anew by every digest, which takes as long as the
// digest.
struct Algorithm {
  explicit Algorithm(const char* name) : evp(::EVP_MD_fetch(nullptr, name, nullptr)) {}
  ~Algorithm() { ::EVP_MD_free(evp); }
  Algorithm(const Algorithm&) = delete;
  Algorithm& operator=(const Algorithm&) = delete;

  EVP_MD* evp;
};

const EVP_MD* Sha1Algorithm() {
  static const Algorithm algorithm("SHA1");
  return algorithm.evp;
}

const EVP_MD* Sha256Algorithm() {
  static const Algorithm algorithm("SHA256");
  return algorithm.evp;
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

Sha1Digest Sha1(std::string_view bytes) { return DigestOf<20>(bytes, Sha1Algorithm()); }

Sha256Digest Sha256(std::string_view bytes) { return DigestOf<32>(bytes, Sha256Algorithm()); }

Sha1Hasher::Sha1Hasher() : context_(std::make_unique<Context>()) {
  Check(::EVP_DigestInit_ex(context_->evp, Sha1Algorithm(), nullptr));
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
