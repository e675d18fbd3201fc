// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ankisync {

// An address of either family. ::ffff:192.0.2.1 is 192.0.2.1: a socket of one family shows clients
// of the other like that.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // of IPv4, as ::ffff:0:0/96

  // "192.0.2.1", "2001:db8::1"; nothing else, no port and no brackets.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v4() const;
  bool is_loopback() const;

  bool operator==(const IpAddress&) const = default;
};

// "10.0.0.0/8", "fd00::/8", or a single address.
struct IpNetwork {
  IpAddress address;
  int bits = 128;  // that count, of 128

  static std::optional<IpNetwork> Parse(std::string_view text);
  bool Contains(const IpAddress& other) const;
};

}  // namespace ankisync
