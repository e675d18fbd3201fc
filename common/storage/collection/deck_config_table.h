// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/proto/rows.h"

namespace ankisync {

// Presets. Their names need not be unique, and sync never removes one.
class DeckConfigTable {
 public:
  explicit DeckConfigTable(sqlite::Connection& db) : db_(db) {}

  std::optional<DeckConfigRow> Get(DeckConfigId id);
  void Put(const DeckConfigRow& preset);

  std::vector<DeckConfigRow> ChangedSince(Usn usn);
  std::int64_t Count();
  bool AnyUnsent();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
