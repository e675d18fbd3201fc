// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/stamp.h"

namespace ankisync {

// A card as it is stored and travels; the types are those that every client insists on.
struct CardEntry {
  CardId id{};
  NoteId note_id{};
  DeckId deck_id{};
  std::uint16_t ord = 0;  // of its template
  UnixSeconds mtime{};
  Usn usn{};
  std::uint8_t type = 0;  // 0 new, 1 learn, 2 review, 3 relearn
  std::int8_t queue =
      0;  // 0 new, 1 learn, 2 review, 3 day learn, 4 preview; -1 suspended, -2 and -3 buried
  std::int32_t due = 0;
  std::uint32_t ivl = 0;     // interval
  std::uint16_t factor = 0;  // ease, permille
  std::uint32_t reps = 0;
  std::uint32_t lapses = 0;
  std::uint32_t left = 0;  // remaining steps
  std::int32_t odue = 0;   // due before it came into a filtered deck
  DeckId odid{};           // its home then
  std::uint8_t flags = 0;
  std::string data;  // JSON text, or ""
};

class CardTable {
 public:
  explicit CardTable(sqlite::Connection& db) : db_(db) {}

  std::optional<Stamp> StampOf(CardId id);
  std::optional<CardEntry> Get(CardId id);
  void Put(const CardEntry& card);  // in place of one with its id
  bool Remove(CardId id);           // false: there was none

  std::vector<CardId> ChangedSince(Usn usn);  // in no particular order
  std::int64_t Count();
  bool Any();
  bool AnyUnsent();  // usn -1

  // Day roll-over: every buried card returns to the queue that its type implies, without counting
  // as changed.
  void UnburyAll();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
