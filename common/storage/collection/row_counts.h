// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>

namespace ankisync {

// How many rows the tables hold that a sync compares. Counting reads every row, so the numbers are
// carried along with each change instead, and counted anew only where a wrong one would do harm.
struct RowCounts {
  std::int64_t cards = 0;
  std::int64_t notes = 0;
  std::int64_t revlog = 0;
  std::int64_t notetypes = 0;
  std::int64_t decks = 0;
  std::int64_t deck_configs = 0;

  bool operator==(const RowCounts&) const = default;
};

}  // namespace ankisync
