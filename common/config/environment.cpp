// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/environment.h"

#include <algorithm>
#include <array>

#include "common/config/config.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::config {
namespace {

constexpr std::uint64_t kFileBytesMax = 65'536;

// ANKISYNCD_PORT=tcp://10.0.0.7:27701, ANKISYNCD_SERVICE_HOST, ANKISYNCD_PORT_27701_TCP_ADDR …
bool IsServiceLink(const std::string& name, const std::string& value) {
  if (!name.starts_with("ANKISYNCD_")) return false;
  if (value.starts_with("tcp://") || value.starts_with("udp://")) return true;
  constexpr std::array kMarks = {"_SERVICE_HOST", "_SERVICE_PORT", "_TCP_", "_UDP_"};
  return std::ranges::any_of(
      kMarks, [&](const char* mark) { return name.find(mark) != std::string::npos; });
}

std::string ReadText(const std::string& variable, const std::string& path) {
  std::optional<std::string> text;
  try {
    text = ReadFile(path, kFileBytesMax);
  } catch (const SyncError& error) {
    throw ConfigError(variable + ": " + error.what());
  }
  if (!text) throw ConfigError(variable + ": there is no file " + path);
  // The line end that every editor adds is no part of a password.
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return *text;
}

}  // namespace

Environment::Environment(std::map<std::string, std::string> variables)
    : variables_(std::move(variables)) {
  std::erase_if(variables_, [](const auto& v) { return IsServiceLink(v.first, v.second); });
}

std::optional<Found> Environment::Find(const std::string& name) const {
  const auto value = [&](const std::string& variable) -> const std::string* {
    const auto found = variables_.find(variable);
    return found == variables_.end() || found->second.empty() ? nullptr : &found->second;
  };
  const std::string file_name = name + "_FILE";
  const std::string* const text = value(name);
  const std::string* const file = value(file_name);
  if (text && file) throw ConfigError(name + " and " + file_name + " are both set");
  if (file) return Found{ReadText(file_name, *file), file_name};
  return text ? std::optional(Found{*text, name}) : std::nullopt;
}

bool Environment::Has(const std::string& name) const { return variables_.contains(name); }

std::vector<std::string> Environment::With(std::string_view prefix) const {
  std::vector<std::string> names;
  for (auto at = variables_.lower_bound(std::string(prefix));
       at != variables_.end() && at->first.starts_with(prefix); ++at) {
    names.push_back(at->first);
  }
  return names;
}

}  // namespace ankisync::config
