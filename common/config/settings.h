// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config/keys.h"

namespace ankisync::config {

// A configuration in the making: what was said last wins, and where each value comes from is kept.
class Settings {
 public:
  explicit Settings(Config defaults)
      : config(std::move(defaults)), origins_(Keys().size(), "default") {}

  void Set(const Key& key, std::string_view text, std::string_view origin);
  void Set(std::string_view path, std::string_view text, std::string_view origin);  // a known path

  const std::string& OriginOf(const Key& key) const { return origins_[IndexOf(key)]; }
  bool IsDefault(const Key& key) const { return OriginOf(key) == "default"; }

  Config config;

 private:
  static std::size_t IndexOf(const Key& key) {
    return static_cast<std::size_t>(&key - Keys().data());
  }

  std::vector<std::string> origins_;
};

// Values that each fit, but not each other. Errors: ConfigError that names both keys.
void CheckTogether(const Settings& settings);

}  // namespace ankisync::config
