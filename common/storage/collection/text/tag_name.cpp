// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/tag_name.h"

#include <cstddef>
#include <utility>

#include "common/storage/collection/text/name_path.h"

namespace ankisync {
namespace {

bool IsControlOrWideSpace(char32_t c) { return c == 0x20 || c == 0x3000 || IsAsciiControl(c); }

}  // namespace

std::string CleanTagName(std::string_view sent) {
  return CleanNamePath(sent, {"::", IsControlOrWideSpace, IsUnicodeSpace});
}

std::string AdoptAncestorSpelling(std::string_view name, const StoredTag& stored) {
  std::string_view ancestor = name;
  for (int asked = 0; asked < kTagAncestorsMax; ++asked) {
    const std::size_t end = ancestor.rfind("::");
    if (end == ancestor.npos) break;
    ancestor = ancestor.substr(0, end);
    if (auto spelling = stored(ancestor)) return std::move(*spelling).append(name.substr(end));
  }
  return std::string(name);
}

}  // namespace ankisync
