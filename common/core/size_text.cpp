// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/size_text.h"

#include <array>
#include <charconv>
#include <limits>

namespace ankisync {
namespace {

constexpr std::string_view kLetters = "KMGT";

}  // namespace

std::string SizeText(std::int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  std::int64_t unit = 1024;
  std::size_t letter = 0;
  while (letter + 1 < kLetters.size() && bytes / 1024 >= unit) {
    unit *= 1024;
    ++letter;
  }
  // Cut, not rounded: "100.0 MiB" is never less.
  const std::int64_t tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + kLetters[letter] +
         "iB";
}

std::optional<std::int64_t> ParseSize(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty()) return number;
  const auto letter = kLetters.find(static_cast<char>(text.front() & ~0x20));
  const std::string_view rest = text.substr(1);
  if (letter == std::string_view::npos ||
      !(rest.empty() || rest == "B" || rest == "iB" || rest == "b"))
    return std::nullopt;
  const std::int64_t unit = std::int64_t{1} << (10 * (letter + 1));
  if (number > std::numeric_limits<std::int64_t>::max() / unit) return std::nullopt;
  return number * unit;
}

}  // namespace ankisync
