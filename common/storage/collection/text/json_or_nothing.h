// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "common/codec/json_value.h"
#include "common/core/error.h"

namespace ankisync {

// For stored texts that count as missing when they are no JSON.
inline std::optional<json::Document> ParseOrNothing(std::string text) {
  try {
    return json::Document::Parse(std::move(text));
  } catch (const SyncError&) {
    return std::nullopt;
  }
}

}  // namespace ankisync
