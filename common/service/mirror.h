// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "common/http/application.h"
#include "common/protocol/method.h"
#include "common/service/client_addresses.h"

namespace ankisync::service {

// How a request arrived here, for whoever sent it through a proxy and wants to know what that made
// of it: `ankisyncctl doctor --url`.
//
//   POST /sync/doctor, /msync/doctor, with any body and no key
//   {"area":"msync","address":"192.0.2.7","shared":false,"told":true,"trusted":true,
//    "chunked":true,"header_bytes":58,"bytes":1048576}
//
// `shared`: that address is a proxy's, or this machine's; `told`: the header in which proxies name
// the client's address was there; `trusted`: its sender is believed; `header_bytes`: of the
// `anki-sync` header, 0 where there was none. With ?echo the answer is the body, as it came. Framed
// like a method's answer. Nothing in it but about the request itself, nothing is kept, and no
// answer is longer than its request and these words; a few at a time, so that strangers fill no
// spool. Threads: any.
class Mirror {
 public:
  static constexpr std::string_view kName = "doctor";
  static constexpr std::size_t kAtOnceMax = 4;

  // A larger body is refused as a method refuses one.
  explicit Mirror(std::uint64_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  std::variant<http::Answer, http::Accepted> Admit(const http::RequestHead& head,
                                                   protocol::Area area,
                                                   const ClientAddresses& addresses);

 private:
  class Reflection;
  using Turn = std::shared_ptr<void>;

  Turn TakeTurn();  // nothing: there are enough

  const std::uint64_t body_bytes_max_;
  std::atomic<std::size_t> at_once_ = 0;
};

}  // namespace ankisync::service
