// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ankisync {

// Rows of one kind, seen from the present collection on the way to the other.
struct RowDifference {
  std::int64_t gained = 0;   // only in the other
  std::int64_t lost = 0;     // only in the present one
  std::int64_t changed = 0;  // in both, last changed at different times
};

// What it would mean to have the other collection instead of the present one.
struct CollectionDifference {
  RowDifference cards;
  RowDifference notes;
  RowDifference reviews;  // never changed
  RowDifference decks;
  RowDifference notetypes;
  std::vector<std::string> decks_gained;  // names as people write them, A::B, sorted
  std::vector<std::string> decks_lost;
};

// Both may be in use by others; `other` is schema 18, too. Errors: those of sqlite::Connection.
CollectionDifference Compare(const std::filesystem::path& present,
                             const std::filesystem::path& other);

}  // namespace ankisync
