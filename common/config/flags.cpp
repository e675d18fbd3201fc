// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/flags.h"

#include <algorithm>
#include <utility>

#include "common/config/nearest.h"
#include "common/config/python_server.h"

namespace ankisync::config {
namespace {

constexpr std::pair<const char*, Wish> kWishes[] = {
    {"--help", Wish::kHelp},
    {"--version", Wish::kVersion},
    {"--print-config", Wish::kPrintConfig},
    {"--print-config-reference", Wish::kPrintReference},
    {"--print-config-schema", Wish::kPrintSchema},
    {"--print-man", Wish::kPrintMan},
};

bool IsSwitch(const Key& key) {
  Config any;
  return std::holds_alternative<bool*>(key.slot(any));
}

[[noreturn]] void RefuseUnknown(const std::string& flag) {
  std::vector<std::string> names = {"--config"};
  for (const auto& [name, wish] : kWishes) names.emplace_back(name);
  for (const Key& key : Keys()) names.push_back(FlagOf(key));
  throw ConfigError(flag + ": unknown flag; did you mean " + Nearest(flag, names) + "?");
}

}  // namespace

Flags ReadFlags(std::span<const std::string> arguments) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const auto value = [&] {
      if (equals != std::string::npos) return argument.substr(equals + 1);
      if (++i == arguments.size()) throw ConfigError(flag + " needs a value");
      return arguments[i];
    };
    const auto wish = std::ranges::find(kWishes, argument, &std::pair<const char*, Wish>::first);
    const auto key = std::ranges::find(Keys(), flag, FlagOf);
    if (wish != std::end(kWishes)) {
      flags.wish = wish->second;
    } else if (flag == "--config") {
      flags.file = value();
    } else if (i == 0 && PythonServerKeys::IsConfigFile(argument)) {
      flags.file = argument;  // as the Python server takes it
    } else if (key == Keys().end()) {
      RefuseUnknown(flag);
    } else {
      const bool is_true = IsSwitch(*key) && equals == std::string::npos;
      flags.entries.push_back({&*key, is_true ? "true" : value(), flag});
    }
  }
  return flags;
}

}  // namespace ankisync::config
