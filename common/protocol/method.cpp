// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/method.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ankisync::protocol {
namespace {

constexpr std::size_t kSegmentsMax = 16;

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty() && segments.size() <= kSegmentsMax) {  // what is longer names nothing
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

std::optional<Area> AreaOf(std::string_view segment) {
  if (segment == "sync") return Area::kCollection;
  if (segment == "msync") return Area::kMedia;
  return std::nullopt;
}

}  // namespace

const MethodInfo& InfoOf(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

std::optional<Target> TargetOf(std::string_view path, std::string_view base_path) {
  std::vector<std::string_view> segments = Segments(path);
  const std::vector<std::string_view> base = Segments(base_path);
  if (segments.size() > base.size() && std::equal(base.begin(), base.end(), segments.begin())) {
    segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(base.size()));
  }
  if (segments.size() < 2 || segments.size() > kSegmentsMax) return std::nullopt;
  const std::string_view name = segments.back();
  segments.pop_back();
  // Whatever was doubled in front, the part next to the name decides.
  const auto is_area = [](std::string_view segment) { return AreaOf(segment).has_value(); };
  if (!std::all_of(segments.begin(), segments.end(), is_area)) return std::nullopt;
  const Area area = *AreaOf(segments.back());
  const auto found = std::find_if(kMethods.begin(), kMethods.end(), [&](const MethodInfo& info) {
    return info.area == area && info.name == name;
  });
  return Target{area, found == kMethods.end() ? nullptr : &*found, name};
}

}  // namespace ankisync::protocol
