// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "services/ankisyncctl/doctor/outside/web.h"

namespace ankisync::doctor {

// What stands between Anki and the server, as far as it can be told.
enum class Proxy : std::uint8_t {
  kUnknown,
  kNone,  // our own server answers, or what passes every byte on
  kNginx,
  kCaddy,
  kHaproxy,
  kApache,
  kTraefik,
};

// Sends something that is no request, which each answers in a way of its own, and reads who signs
// the answers. The web is asked at `url`.
Proxy RecogniseProxy(const Web& web, const std::string& url);

// By one answer to such a request. Pure.
Proxy ProxyThatSays(const WebAnswer& answer);

std::string NameOf(Proxy proxy);  // "nginx"; "a proxy" where that is all one knows

}  // namespace ankisync::doctor
