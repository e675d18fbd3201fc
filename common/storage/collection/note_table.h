// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/stamp.h"
#include "common/storage/collection/text/note_text.h"

namespace ankisync {

// A note as it travels. Sort field and checksum are made again by whoever stores it.
struct NoteEntry {
  NoteId id{};
  std::string guid;
  NotetypeId notetype_id{};
  UnixSeconds mtime{};
  Usn usn{};
  std::string tags;    // " a b " or ""
  std::string fields;  // joined by U+001F
};

class NoteTable {
 public:
  explicit NoteTable(sqlite::Connection& db) : db_(db) {}

  std::optional<Stamp> StampOf(NoteId id);
  std::optional<NoteEntry> Get(NoteId id);
  // In place of one with its id; tags and fields are those of `text`.
  void Put(const NoteEntry& note, const NoteText& text);
  bool Remove(NoteId id);

  std::vector<NoteId> ChangedSince(Usn usn);
  std::int64_t Count();
  bool AnyUnsent();

 private:
  sqlite::Connection& db_;
};

}  // namespace ankisync
