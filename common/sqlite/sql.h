// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace ankisync::sqlite {

// SQL that was written in the source: a run-time string does not compile here, so what users send
// can only be bound.
class Sql {
 public:
  consteval Sql(const char* literal) : text_(literal) {}
  const char* text() const { return text_; }

 private:
  const char* text_;
};

// Binds as a blob; a bare string binds as text. Clients read strictly: a blob stored as text is
// unreadable for them.
struct Blob {
  std::string_view bytes;
};

struct Null {};

}  // namespace ankisync::sqlite
