// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/config/config.h"

// The table of keys: the one place that knows what may be configured. Files, variables, flags,
// checks, --print-config, --help, the reference and the JSON schema all derive from it.
namespace ankisync::config {

// Where a value lives. Its type decides how it is written:
//   a switch      true or false
//   a number      digits; with Unit::kBytes also 64KiB, 512MiB, 3GiB
//   a duration    200ms, 30s, 5m, 1h; bare digits are seconds
//   a choice      one of the words of its enum
//   a list        a YAML list; in variables and flags with commas between
using Slot = std::variant<bool*, std::uint16_t*, std::uint64_t*, std::chrono::milliseconds*,
                          std::string*, std::filesystem::path*, std::vector<std::string>*,
                          LogLevel*, LogFormat*, JournalMode*>;

enum class Unit { kNone, kBytes };

struct Range {  // of numbers, and of durations in milliseconds
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
};

// What a text, or each text of a list, has to look like.
struct TextRule {
  std::string_view values;  // "an address such as 10.0.0.1"
  bool (*fits)(const std::string& text);
};

struct Key {
  std::string_view path;  // "limits.session_idle"
  Slot (*slot)(Config& config);
  std::string_view about;
  Range range = {};
  Unit unit = Unit::kNone;
  TextRule rule = {};
};

std::span<const Key> Keys();
const Key* FindKey(std::string_view path);  // nullptr: there is none

std::string VariableOf(const Key& key);  // "ANKISYNCD_LIMITS_SESSION_IDLE"
std::string FlagOf(const Key& key);      // "--limits-session-idle"

}  // namespace ankisync::config
