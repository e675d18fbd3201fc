// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>

// Names of user folders: the first user name, with bytes percent-encoded that a file system could
// object to, so that no user text ever becomes a path unchecked.
//
//   "ada@example.org" → itself      "../etc" → "%2E.%2Fetc"
//   "Ada" beside "ada" → "Ada%~2", since some file systems take them for one name
namespace ankisync {

// Two folders with equal keys may be one and the same on a file system that ignores case or
// composes accents.
std::string FolderKey(std::string_view folder);

// `is_taken` is asked about keys of folders. `user_name` is valid UTF-8; with at most 80
// bytes of it the result stays below 255, the bound of file systems.
std::string FolderNameFor(std::string_view user_name,
                          const std::function<bool(const std::string& key)>& is_taken);

}  // namespace ankisync
