// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_name.h"

#include <algorithm>

#include "common/codec/nfc.h"

namespace ankisync {

const char* WhyNotAddable(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (name.empty()) return "empty";
  if (name == "." || name == "..") return "a folder's name";
  if (name.size() > kMediaNameBytesMax) return "too long";
  if (name.find_first_of("/\\") != std::string_view::npos) return "a path";
  if (std::any_of(name.begin(), name.end(), is_control)) return "control characters";
  if (Nfc(name) != name) return "not NFC";
  return nullptr;
}

}  // namespace ankisync
