// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ankisync::config {

struct IniValue {
  std::string text;
  std::string origin;  // "ankisyncd.conf:12"
};

// One section of a file as Python's configparser reads it: "key = value" or "key: value", keys in
// any case, comments in lines of their own, %% for a percent sign and %(key)s for another value.
// Nothing without such a file or section. Errors: ConfigError that names the line.
std::optional<std::map<std::string, IniValue>> ReadIniSection(const std::filesystem::path& path,
                                                              std::string_view section);

}  // namespace ankisync::config
