// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace ankisync {

// So that a folder named after it fits any file system (storage/volume/folder_name.h).
inline constexpr std::size_t kUserNameBytesMax = 80;

// Names are compared byte by byte, as the reference does. Anything goes but: nothing at all, more
// than the bound, what is not UTF-8, and control characters. Errors: kMalformedRequest.
void CheckUserName(std::string_view name);

}  // namespace ankisync
