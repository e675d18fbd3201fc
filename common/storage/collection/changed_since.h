// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/cursor.h"

namespace ankisync {

// A client's mark. No client asks for what changed since it; the reference then selects the rows
// that bear it.
inline constexpr Usn kUnsent{-1};

template <typename Id>
std::vector<Id> IdsOf(sqlite::Cursor row) {
  std::vector<Id> ids;
  while (row.Next()) ids.push_back(row.As<Id>(0));
  return ids;
}

}  // namespace ankisync
