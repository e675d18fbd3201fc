// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/target.h"

#include <algorithm>
#include <charconv>

#include "common/http/text.h"

namespace ankisync::http {
namespace {

// "http://host:1/a?b" → "/a?b"; an origin form stays as it is.
std::string WithoutAuthority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    return target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  }
  return std::string(target);
}

std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned char byte = 0;
    const char* const end = text.data() + i + 3;
    const auto result = std::from_chars(text.data() + i + 1, end, byte, 16);
    if (result.ec != std::errc() || result.ptr != end || byte == 0) return std::nullopt;
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return decoded;
}

}  // namespace

std::optional<Target> ParseTarget(std::string_view text) {
  if (text == "*") return Target{"*", ""};
  const std::string target = WithoutAuthority(text);
  if (!target.starts_with('/')) return std::nullopt;
  const std::size_t question = target.find('?');
  auto path = PercentDecoded(std::string_view(target).substr(0, question));
  if (!path) return std::nullopt;
  return Target{*std::move(path), question == target.npos ? "" : target.substr(question + 1)};
}

}  // namespace ankisync::http
