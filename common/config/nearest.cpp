// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace ankisync::config {
namespace {

std::size_t Distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);  // from the first i letters of `from` to each prefix
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const std::string& Nearest(std::string_view wrong, std::span<const std::string> names) {
  return *std::ranges::min_element(names, {},
                                   [&](const std::string& name) { return Distance(wrong, name); });
}

}  // namespace ankisync::config
