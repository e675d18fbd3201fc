// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

// Unicode normalisation form C by the tables of Unicode 16, which is what Anki 25.09 to 26.09
// knows. Debian's utf8proc has those of Unicode 15.0; the difference is small and stands in the
// .cpp. Bytes that are not UTF-8 become U+FFFD. Threads: any.
namespace ankisync {

std::string Nfc(std::string_view text);

}  // namespace ankisync
