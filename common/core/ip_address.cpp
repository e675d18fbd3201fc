// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace ankisync {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kMappedBits = 96;

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + kMapped.size()) == 1)
    return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[kMapped.size()] == 127;
  return *this == IpAddress{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
}

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpNetwork{*address};
  // What is written as IPv6 is counted as IPv6, a mapped address too.
  const bool is_v4_text = text.find(':') == std::string_view::npos;
  const int bits_max = is_v4_text ? 128 - kMappedBits : 128;
  int bits = -1;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, bits);
  if (error != std::errc() || stopped != end || bits < 0 || bits > bits_max) return std::nullopt;
  return IpNetwork{*address, is_v4_text ? bits + kMappedBits : bits};
}

bool IpNetwork::Contains(const IpAddress& other) const {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + bits / 8, other.bytes.begin()))
    return false;
  const int rest = bits % 8;
  return rest == 0 || (address.bytes[whole] >> (8 - rest)) == (other.bytes[whole] >> (8 - rest));
}

}  // namespace ankisync
