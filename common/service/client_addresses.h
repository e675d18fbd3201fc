// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ip_address.h"
#include "common/http/application.h"

namespace ankisync::service {

// From where a request comes. A proxy's word is taken from proxies that are configured as such, and
// from nobody else: anybody can send the header.
//
//   x-forwarded-for: client, proxy, proxy   each proxy adds its peer at the right end, so the first
//                                           from the right that is no proxy of ours is the client
//   forwarded: for=client;proto=https, …    the same, as RFC 7239 has it
//   x-real-ip and the like: client
//
// A port behind an address is dropped. Threads: any.
class ClientAddresses {
 public:
  ClientAddresses() = default;
  // `trusted` as in IpNetwork::Parse(); `header` in lower case, or empty for none.
  ClientAddresses(std::span<const std::string> trusted, std::string header);

  // The peer's where no proxy says better.
  std::string Of(const http::RequestHead& head) const;

  // Whether the header is there, and whether whoever sent it is believed.
  bool IsTold(const http::RequestHead& head) const;
  bool IsPeerTrusted(const http::RequestHead& head) const;

  // A proxy that does not tell, or a tunnel: many people may be behind it.
  bool IsShared(std::string_view address) const;

 private:
  bool IsTrusted(const IpAddress& address) const;

  std::vector<IpNetwork> trusted_;
  std::string header_;
};

}  // namespace ankisync::service
