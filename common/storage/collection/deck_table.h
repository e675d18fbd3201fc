// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/proto/rows.h"

namespace ankisync {

class DeckTable {
 public:
  explicit DeckTable(sqlite::Connection& db) : db_(db) {}

  std::optional<DeckRow> Get(DeckId id);
  std::optional<DeckId> IdOf(std::string_view native_name);  // equal under unicase
  void Put(const DeckRow& deck);  // errors: kInconsistentData when the name is taken
  bool Remove(DeckId id);

  std::vector<DeckRow> ChangedSince(Usn usn);
  std::int64_t Count();
  bool AnyUnsent();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
