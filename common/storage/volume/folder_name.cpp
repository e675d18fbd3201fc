// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/folder_name.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "common/core/error.h"

namespace ankisync {
namespace {

// Separators, what Windows shares reserve, and our own escape.
constexpr std::string_view kNeverPlain = "/\\:*?\"<>|%";

bool IsPlain(std::string_view name, std::size_t at) {
  const auto byte = static_cast<unsigned char>(name[at]);
  const bool at_an_end = at == 0 || at + 1 == name.size();
  // Hidden folders, "." and ".."; Windows drops dots and blanks at the end.
  if (at_an_end && (byte == '.' || byte == ' ')) return false;
  return byte >= 0x20 && byte != 0x7F && kNeverPlain.find(name[at]) == std::string_view::npos;
}

std::string Encoded(std::string_view name) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string folder;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (IsPlain(name, at)) {
      folder += name[at];
    } else {
      const auto byte = static_cast<unsigned char>(name[at]);
      folder += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return folder;
}

}  // namespace

std::string FolderKey(std::string_view folder) {
  const std::string terminated(folder);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> key(
      ::utf8proc_NFKC_Casefold(reinterpret_cast<const utf8proc_uint8_t*>(terminated.c_str())),
      &std::free);
  if (!key) throw SyncError(ErrorKind::kInternal, "a folder's name is not UTF-8");
  return reinterpret_cast<const char*>(key.get());
}

std::string FolderNameFor(std::string_view user_name,
                          const std::function<bool(const std::string& key)>& is_taken) {
  const std::string encoded = Encoded(user_name);
  std::string folder = encoded;
  // "%~" comes from no encoding, so the result is nobody's first choice.
  for (int number = 2; is_taken(FolderKey(folder)); ++number)
    folder = encoded + "%~" + std::to_string(number);
  return folder;
}

}  // namespace ankisync
