// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ankisync {

// Appends foreign text in a form that is valid inside JSON quotes and shows on one line: at most
// about `bytes_max` bytes of it, cut with "…"; keys of ours masked.
void AppendEscaped(std::string& out, std::string_view text, std::size_t bytes_max);

}  // namespace ankisync
