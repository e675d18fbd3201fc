// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/deck_name.h"

#include "common/storage/collection/text/name_path.h"

namespace ankisync {
namespace {

bool IsSpaceOrColon(char32_t c) { return c == ':' || IsUnicodeSpace(c); }

}  // namespace

std::string NativeDeckName(std::string_view human) {
  return CleanNamePath(human, {"\x1F", IsAsciiControl, IsSpaceOrColon});
}

std::string HumanDeckName(std::string_view native) {
  std::string human;
  human.reserve(native.size());
  for (const char c : native) {
    if (c == '\x1F') {
      human += "::";
    } else {
      human += c;
    }
  }
  return human;
}

}  // namespace ankisync
