// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/duration.h"

#include <cstdint>
#include <map>

namespace ankisync::ctl {

CLI::Option* AddDuration(CLI::App& command_line, const std::string& name,
                         std::optional<std::chrono::seconds>& value, const std::string& help) {
  static const std::map<std::string, std::int64_t> kSeconds = {
      {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}};
  return command_line
      .add_option_function<std::int64_t>(
          name, [&value](const std::int64_t& seconds) { value = std::chrono::seconds(seconds); },
          help)
      ->transform(CLI::AsNumberWithUnit(kSeconds, CLI::AsNumberWithUnit::DEFAULT, "TIME"))
      ->check(CLI::NonNegativeNumber);
}

}  // namespace ankisync::ctl
