// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/proxy.h"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace ankisync::doctor {
namespace {

constexpr char kNoRequest[] = "NOT A REQUEST";  // a method with blanks

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr std::array<std::pair<std::string_view, Proxy>, 4> kSigned{{
    {"nginx", Proxy::kNginx},
    {"openresty", Proxy::kNginx},
    {"Caddy", Proxy::kCaddy},
    {"Apache", Proxy::kApache},
}};

Proxy SignedBy(const WebAnswer& answer) {
  for (const auto& [name, proxy] : kSigned) {
    if (Has(answer.Header("server"), name) || Has(answer.Header("via"), name)) return proxy;
  }
  return Proxy::kUnknown;
}

}  // namespace

Proxy ProxyThatSays(const WebAnswer& answer) {
  if (const Proxy proxy = SignedBy(answer); proxy != Proxy::kUnknown) return proxy;
  if (answer.body == "This is not an HTTP request.\n") return Proxy::kNone;
  if (Has(answer.body, "<h1>400 Bad request</h1>\nYour browser sent an invalid request."))
    return Proxy::kHaproxy;
  // Go's own words: of those named here Traefik, since Caddy signs what it answers otherwise.
  if (answer.body.starts_with("400 Bad Request")) return Proxy::kTraefik;
  return Proxy::kUnknown;
}

Proxy RecogniseProxy(const Web& web, const std::string& url) {
  if (const Proxy proxy = SignedBy(web({.url = url, .verb = "GET"})); proxy != Proxy::kUnknown)
    return proxy;
  return ProxyThatSays(web({.url = url, .verb = kNoRequest}));
}

std::string NameOf(Proxy proxy) {
  switch (proxy) {
    case Proxy::kNginx:
      return "nginx";
    case Proxy::kCaddy:
      return "Caddy";
    case Proxy::kHaproxy:
      return "HAProxy";
    case Proxy::kApache:
      return "Apache";
    case Proxy::kTraefik:
      return "Traefik";
    case Proxy::kNone:
      return "the server itself";
    case Proxy::kUnknown:
      return "a proxy";
  }
  std::abort();
}

}  // namespace ankisync::doctor
