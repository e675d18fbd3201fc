// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/ini_file.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "common/config/config.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::config {
namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 20;

using Values = std::map<std::string, IniValue>;

std::string Trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r") + 1 - from));
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Values refer to values as they are written: Python goes deeper, and nobody does that.
std::string Interpolated(const IniValue& value, const Values& values) {
  std::string text;
  const std::string& raw = value.text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      text += raw[i];
      continue;
    }
    const auto end = raw.find(")s", i);
    if (raw.compare(i, 2, "%%") == 0) {
      text += '%';
      ++i;
    } else if (raw.compare(i, 2, "%(") == 0 && end != std::string::npos) {
      const auto other = values.find(Lower(raw.substr(i + 2, end - i - 2)));
      if (other == values.end())
        throw ConfigError(value.origin + ": there is no key " + raw.substr(i + 2, end - i - 2));
      text += other->second.text;
      i = end + 1;
    } else {
      throw ConfigError(value.origin + ": a percent sign is written %%");
    }
  }
  return text;
}

}  // namespace

std::optional<Values> ReadIniSection(const std::filesystem::path& path, std::string_view section) {
  std::optional<std::string> file;
  try {
    file = ReadFile(path, kFileBytesMax);
  } catch (const SyncError& error) {
    throw ConfigError(error.what());
  }
  if (!file) return std::nullopt;
  std::istringstream lines(*file);
  std::optional<Values> values;
  bool is_ours = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string origin = path.string() + ":" + std::to_string(++number);
    const std::string text = Trimmed(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text.front() == '[' && text.back() == ']') {
      is_ours = std::string_view(text).substr(1, text.size() - 2) == section;
      if (is_ours && !values) values.emplace();
      continue;
    }
    if (!is_ours) continue;
    const auto separator = text.find_first_of("=:");
    if (separator == std::string::npos)
      throw ConfigError(origin + ": this line is neither a key with a value nor a section");
    (*values)[Lower(Trimmed(text.substr(0, separator)))] = {Trimmed(text.substr(separator + 1)),
                                                            origin};
  }
  if (!values) return std::nullopt;
  Values interpolated = *values;
  for (auto& [key, value] : interpolated) value.text = Interpolated(value, *values);
  return interpolated;
}

}  // namespace ankisync::config
