// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/config/keys.h"

namespace ankisync::config {

struct Entry {
  const Key* key;
  std::string text;    // of a list: with commas between
  std::string origin;  // "ankisyncd.yaml:12"
};

// Reads ankisyncd.yaml: maps for the sections, scalars and lists for the keys. A section without
// content is as good as none. Errors: ConfigError for a file that cannot be read, is no YAML, has a
// key that we do not know (the message has the nearest we do), one twice, or one without a value.
std::vector<Entry> ReadYamlFile(const std::filesystem::path& path);

}  // namespace ankisync::config
