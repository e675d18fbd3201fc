// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/sections.h"

#include <algorithm>

namespace ankisync::config {
namespace {

std::string_view SectionOf(const Key& key) {
  const auto dot = key.path.find('.');
  return key.path.substr(0, dot == std::string_view::npos ? 0 : dot);
}

}  // namespace

std::vector<Section> Sections() {
  std::vector<Section> sections;
  for (auto left = Keys(); !left.empty();) {
    const std::string_view name = SectionOf(left.front());
    const auto end =
        std::ranges::find_if(left, [&](const Key& key) { return SectionOf(key) != name; });
    const auto count = static_cast<std::size_t>(end - left.begin());
    sections.push_back({std::string(name), left.first(count)});
    left = left.subspan(count);
  }
  return sections;
}

std::string_view NameOf(const Key& key) { return key.path.substr(key.path.find('.') + 1); }

}  // namespace ankisync::config
