// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/config/keys.h"

// Between a key's text and its value.
namespace ankisync::config {

// `origin` says where the text was found: "ankisyncd.yaml:12", "ANKISYNCD_PORT", "--port".
// Errors: ConfigError that names the origin and what would fit.
void Assign(const Key& key, Config& config, std::string_view text, std::string_view origin);

std::string TextOf(const Key& key, Config config);  // what Assign() reads back

// The same as a JSON value, which is one of YAML too: "5m", 27701, true, ["10.0.0.1"].
std::string JsonOf(const Key& key, Config config);
std::string JsonText(std::string_view text);

std::string ValuesOf(const Key& key);  // what fits: "a number from 0 to 65535"

// The words of a choice; empty for other keys.
std::span<const std::string_view> WordsOf(const Key& key);

}  // namespace ankisync::config
