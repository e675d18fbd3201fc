// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/html_keyword.h"

namespace ankisync {

std::size_t MatchKeyword(std::string_view text, std::size_t at, std::string_view keyword) noexcept {
  constexpr std::string_view kLongS = "\xC5\xBF";
  std::size_t end = at;
  for (const char letter : keyword) {
    if (end >= text.size()) return 0;
    const char c = text[end];
    if (c == letter || (letter >= 'a' && letter <= 'z' && c == letter - 32)) {
      ++end;
    } else if (letter == 's' && text.substr(end, kLongS.size()) == kLongS) {
      end += kLongS.size();
    } else {
      return 0;
    }
  }
  return end - at;
}

}  // namespace ankisync
