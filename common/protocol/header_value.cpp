// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/header_value.h"

#include <algorithm>

namespace ankisync::protocol {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes `"a \" b"` off the front of `rest`. Nothing: the quote is not closed.
std::optional<std::string> TakeQuoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    text += rest[i];
  }
  return std::nullopt;
}

std::string_view TakeUntil(std::string_view& rest, std::string_view ends) {
  const std::string_view taken = rest.substr(0, rest.find_first_of(ends));
  rest.remove_prefix(taken.size());
  return taken;
}

void SkipBlanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

}  // namespace

bool EqualsLowered(std::string_view text, std::string_view lower_case) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [&](char a, char b) { return lower(a) == b; });
}

bool HasType(std::string_view value, std::string_view lower_case) {
  return EqualsLowered(Trimmed(value.substr(0, value.find(';'))), lower_case);
}

std::optional<std::string> ParameterOf(std::string_view value, std::string_view lower_case_name) {
  TakeUntil(value, ";");
  while (!value.empty()) {
    value.remove_prefix(1);  // the ";"
    const std::string_view name = Trimmed(TakeUntil(value, "=;"));
    std::optional<std::string> text;
    if (value.starts_with('=')) {
      value.remove_prefix(1);
      SkipBlanks(value);
      text =
          value.starts_with('"') ? TakeQuoted(value) : std::string(Trimmed(TakeUntil(value, ";")));
      if (!text) return std::nullopt;
      TakeUntil(value, ";");
    }
    if (text && EqualsLowered(name, lower_case_name)) return text;
  }
  return std::nullopt;
}

}  // namespace ankisync::protocol
