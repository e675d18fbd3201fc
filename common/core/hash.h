// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace ankisync {

using Sha1Digest = std::array<unsigned char, 20>;
using Sha256Digest = std::array<unsigned char, 32>;

Sha1Digest Sha1(std::string_view bytes);
Sha256Digest Sha256(std::string_view bytes);

// SHA-1 of bytes that come in pieces.
class Sha1Hasher {
 public:
  Sha1Hasher();
  ~Sha1Hasher();
  void Update(std::string_view bytes);
  Sha1Digest Finish();  // once

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Lowercase hex.
std::string Hex(std::string_view bytes);

template <std::size_t N>
std::string Hex(const std::array<unsigned char, N>& digest) {
  return Hex(std::string_view(reinterpret_cast<const char*>(digest.data()), N));
}

// As a string of raw bytes, for binding as a blob.
template <std::size_t N>
std::string_view Bytes(const std::array<unsigned char, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

// For unordered containers; a digest is as good as any hash of it.
struct DigestHash {
  template <std::size_t N>
  std::size_t operator()(const std::array<unsigned char, N>& digest) const {
    static_assert(N >= sizeof(std::size_t));
    std::size_t hash;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

// Equal in a time that does not depend on where they differ.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace ankisync
