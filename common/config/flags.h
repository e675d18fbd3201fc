// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/config/yaml_file.h"

namespace ankisync::config {

enum class Wish { kServe, kHelp, kVersion, kPrintConfig, kPrintReference, kPrintSchema, kPrintMan };

struct Flags {
  Wish wish = Wish::kServe;
  std::optional<std::string> file;  // --config
  std::vector<Entry> entries;
};

// Reads --key value and --key=value; a switch alone is true. Errors: ConfigError for a flag that we
// do not know (the message has the nearest we do), a missing value, and anything else.
Flags ReadFlags(std::span<const std::string> arguments);

}  // namespace ankisync::config
