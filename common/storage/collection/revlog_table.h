// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// One review. Written once, never changed.
struct RevlogEntry {
  RevlogId id{};  // ms
  CardId card_id{};
  Usn usn{};
  std::uint8_t button = 0;
  std::int32_t ivl = 0;  // days, or negative seconds
  std::int32_t last_ivl = 0;
  std::uint32_t factor = 0;
  std::uint32_t taken_ms = 0;
  std::uint8_t kind = 0;  // 0 learning, 1 review, 2 relearning, 3 filtered, 4 manual, 5 rescheduled
};

class RevlogTable {
 public:
  explicit RevlogTable(sqlite::Connection& db) : db_(db) {}

  std::optional<RevlogEntry> Get(RevlogId id);
  bool AddIfNew(const RevlogEntry& review);  // false: the id is taken, nothing happened

  std::vector<RevlogId> ChangedSince(Usn usn);
  std::int64_t Count();
  bool AnyUnsent();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
