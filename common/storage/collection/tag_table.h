// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// The list of tags; which notes bear them stands in the notes.
class TagTable {
 public:
  explicit TagTable(sqlite::Connection& db) : db_(db) {}

  // The stored spelling of a tag that equals `name` (unicase).
  std::optional<std::string> Find(std::string_view name);
  void Add(std::string_view name, Usn usn);

  std::vector<std::string> ChangedSince(Usn usn);
  bool AnyUnsent();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
