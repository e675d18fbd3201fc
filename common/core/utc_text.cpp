// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/utc_text.h"

#include <ctime>

namespace ankisync {

std::string UtcText(UnixMillis time) {
  const auto seconds = static_cast<std::time_t>(Raw(ToSeconds(time)));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace ankisync
