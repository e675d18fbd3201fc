// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ankisync {

struct Utf8Character {
  char32_t code_point;
  std::size_t size;  // bytes, at least 1
};

// The character that begins at `at`, which is below text.size(). Where the bytes are not UTF-8,
// U+FFFD and the longest beginning of a character that they are (E3 81 one, C0 80 two, ED A0 80
// three), which is what Unicode calls maximal subparts and Rust's lossy strings do.
Utf8Character DecodeUtf8(std::string_view text, std::size_t at) noexcept;

// `code_point` is a scalar value.
void AppendUtf8(std::string& out, char32_t code_point);

}  // namespace ankisync
