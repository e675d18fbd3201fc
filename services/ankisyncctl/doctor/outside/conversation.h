// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/ankisyncctl/doctor/outside/proxy.h"
#include "services/ankisyncctl/doctor/outside/server_address.h"
#include "services/ankisyncctl/doctor/outside/web.h"

namespace ankisync::doctor {

// What our servers say of how a request arrived (common/service/mirror.h).
struct Reflection {
  std::string area;  // "sync" or "msync": which service answered
  std::string address;
  bool shared = false;
  bool told = false;
  bool trusted = false;
  bool chunked = false;
  std::uint64_t header_bytes = 0;
  std::uint64_t bytes = 0;
  bool is_framed = false;  // the answer had its `anki-original-size`
};

// Nothing: somebody else answered, or a server of ours without this answer.
std::optional<Reflection> ReadReflection(const WebAnswer& answer);

// Whether a server of ours refused, and not what stands before it.
bool IsOurRefusal(const WebAnswer& answer);

// A payload as Anki sends and gets them.
std::string SyncHeader(std::string_view hkey, std::size_t bytes_min = 0);
// The answer's text; nothing when the answer is none that Anki takes.
std::optional<std::string> PayloadOf(const WebAnswer& answer);

// One examination of one address. Any number of questions, one at a time.
class Conversation {
 public:
  Conversation(ServerAddress address, Web web)
      : address_(std::move(address)), web_(std::move(web)) {}

  const ServerAddress& address() const { return address_; }
  Proxy proxy();  // asked once

  WebAnswer Ask(const WebRequest& request) const { return web_(request); }

  // A request to our servers' mirror, as Anki would send one; what is to be different is changed
  // before it is asked.
  static WebRequest Mirror(std::string url);
  WebRequest MirrorOf(std::string_view area) const;
  std::optional<Reflection> AskMirror(const WebRequest& request) const {
    return ReadReflection(web_(request));
  }
  // Whether that service answers there.
  bool Reaches(std::string_view area, const std::string& url) const;

 private:
  ServerAddress address_;
  Web web_;
  std::optional<Proxy> proxy_;
};

}  // namespace ankisync::doctor
