// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/keys.h"

namespace ankisync::config {

struct Section {
  std::string name;  // "limits"; empty for the keys at the top
  std::span<const Key> keys;
};

std::vector<Section> Sections();  // in the table's order, the top first

std::string_view NameOf(const Key& key);  // in its section: "session_idle"

}  // namespace ankisync::config
