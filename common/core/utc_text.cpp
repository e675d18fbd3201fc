// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/utc_text.h"

#include <ctime>

namespace ankisync {

namespace {

std::string Format(UnixMillis time, const char* format) {
  const auto seconds = static_cast<std::time_t>(Raw(ToSeconds(time)));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

std::string UtcText(UnixMillis time) { return Format(time, "%Y-%m-%dT%H:%M:%SZ"); }

std::string CompactUtcText(UnixMillis time) { return Format(time, "%Y%m%dT%H%M%SZ"); }

std::optional<UnixSeconds> ParseCompactUtcText(const std::string& text) {
  std::tm parts{};
  const char* const end = ::strptime(text.c_str(), "%Y%m%dT%H%M%SZ", &parts);
  if (!end || *end != '\0') return std::nullopt;
  return static_cast<UnixSeconds>(::timegm(&parts));
}

}  // namespace ankisync
