// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/client_addresses.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ankisync::service {
namespace {

std::string_view Trimmed(std::string_view text, std::string_view what) {
  const auto from = text.find_first_not_of(what);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(what) + 1 - from);
}

// "for=192.0.2.1;proto=https" → "192.0.2.1"; nothing without a "for".
std::string_view ForOf(std::string_view element) {
  while (!element.empty()) {
    const auto end = std::min(element.find(';'), element.size());
    const std::string_view pair = Trimmed(element.substr(0, end), " \t");
    constexpr std::string_view kFor = "for=";
    const bool is_for =
        pair.size() > kFor.size() &&
        std::equal(kFor.begin(), kFor.end(), pair.begin(),
                   [](char expected, char c) { return expected == (c | 0x20) || expected == c; });
    if (is_for) return pair.substr(kFor.size());
    element.remove_prefix(std::min(end + 1, element.size()));
  }
  return {};
}

// With or without quotes, brackets and a port.
std::string_view WithoutPort(std::string_view text) {
  text = Trimmed(text, " \t\"");
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  const auto colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;  // several: IPv6
}

}  // namespace

ClientAddresses::ClientAddresses(std::span<const std::string> trusted, std::string header)
    : header_(std::move(header)) {
  for (const std::string& text : trusted) {
    if (const auto network = IpNetwork::Parse(text)) trusted_.push_back(*network);
  }
}

std::string ClientAddresses::Of(const http::RequestHead& head) const {
  std::string client = head.peer_address;
  if (header_.empty() || !IsPeerTrusted(head)) return client;
  const auto& all = head.headers.all();
  for (auto field = all.rbegin(); field != all.rend(); ++field) {
    if (field->first != header_) continue;
    for (std::string_view left = field->second; !left.empty();) {
      const auto comma = left.rfind(',');
      const auto from = comma == std::string_view::npos ? 0 : comma + 1;
      const std::string_view element = left.substr(from);
      left = left.substr(0, comma == std::string_view::npos ? 0 : comma);
      const auto named = WithoutPort(header_ == "forwarded" ? ForOf(element) : element);
      const auto address = IpAddress::Parse(named);
      if (!address) return client;  // whoever wrote this is no proxy to believe
      client = named;
      if (!IsTrusted(*address)) return client;
    }
  }
  return client;
}

bool ClientAddresses::IsTold(const http::RequestHead& head) const {
  return !header_.empty() && head.headers.Find(header_);
}

bool ClientAddresses::IsPeerTrusted(const http::RequestHead& head) const {
  const auto peer = IpAddress::Parse(head.peer_address);
  return peer && IsTrusted(*peer);
}

bool ClientAddresses::IsShared(std::string_view address) const {
  const auto parsed = IpAddress::Parse(address);
  return !parsed || parsed->is_loopback() || IsTrusted(*parsed);
}

bool ClientAddresses::IsTrusted(const IpAddress& address) const {
  return std::ranges::any_of(trusted_,
                             [&](const IpNetwork& network) { return network.Contains(address); });
}

}  // namespace ankisync::service
