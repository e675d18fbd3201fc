// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/merge/objects.h"

#include <algorithm>
#include <optional>

#include "common/core/error.h"
#include "common/storage/collection/text/tag_name.h"

namespace ankisync::sync {
namespace {

// Nobody has that many objects of one name; without a bound, making names unique costs the square
// of their number.
constexpr int kRenamesMax = 100;

// Appends "+" until no other object owns the name, as clients do it.
template <typename Row, typename Table, typename Id>
void MakeNameUnique(Row& row, Table& table, Outcome<Id>& outcome, const Merge& merge) {
  for (int renames = 0;; ++renames) {
    const auto owner = table.IdOf(row.name);
    if (!owner || *owner == row.id) return;
    if (renames == kRenamesMax)
      throw SyncError(ErrorKind::kInconsistentData, "too many objects of one name");
    row.name += '+';
    // Not before the edit that it renames: a device whose clock is ahead would not take it.
    row.mtime = std::max(row.mtime, merge.now);
    outcome.resend.insert(*owner);
    outcome.resend.insert(row.id);
  }
}

// Whether ours stays in force; what follows for the answer is put down.
template <typename Row, typename Id>
bool Loses(const std::optional<Row>& stored, const Row& incoming, Outcome<Id>& outcome) {
  const bool loses = stored && !ClientWinsObject(stored->mtime, incoming.mtime);
  (loses ? outcome.resend : outcome.replaced).insert(incoming.id);
  return loses;
}

bool SameParts(const NotetypeRow& a, const NotetypeRow& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.name == y.name && x.config == y.config;
  };
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(), same) &&
         std::equal(a.templates.begin(), a.templates.end(), b.templates.begin(), b.templates.end(),
                    same);
}

// The same object sent again: after a sync whose last answer was lost.
bool SameContent(const NotetypeRow& a, const NotetypeRow& b) {
  return a.mtime == b.mtime && a.name == b.name && a.config == b.config && SameParts(a, b);
}

bool SameContent(const DeckRow& a, const DeckRow& b) {
  return a.mtime == b.mtime && a.name == b.name && a.common == b.common && a.kind == b.kind;
}

bool SameContent(const DeckConfigRow& a, const DeckConfigRow& b) {
  return a.mtime == b.mtime && a.name == b.name && a.config == b.config;
}

}  // namespace

void MergeNotetype(NotetypeRow notetype, Outcomes& outcomes, Merge& merge) {
  NotetypeTable& table = merge.collection.notetypes;
  const auto stored = table.Get(notetype.id);
  if (Loses(stored, notetype, outcomes.notetypes)) return;
  if (stored && (stored->fields.size() != notetype.fields.size() ||
                 stored->templates.size() != notetype.templates.size())) {
    throw SyncError(ErrorKind::kInconsistentData,
                    "notetype " + std::to_string(Raw(notetype.id)) +
                        ": other fields or templates without a change of the schema");
  }
  if (stored && SameContent(*stored, notetype)) return;
  notetype.usn = merge.server_usn;
  MakeNameUnique(notetype, table, outcomes.notetypes, merge);
  table.Put(notetype);
  if (!stored) ++merge.counts.notetypes;
  merge.changed = true;
}

void MergeDeck(DeckRow deck, Outcomes& outcomes, Merge& merge) {
  DeckTable& table = merge.collection.decks;
  const auto stored = table.Get(deck.id);
  if (Loses(stored, deck, outcomes.decks) || (stored && SameContent(*stored, deck))) return;
  deck.usn = merge.server_usn;
  MakeNameUnique(deck, table, outcomes.decks, merge);
  table.Put(deck);
  if (!stored) ++merge.counts.decks;
  merge.changed = true;
}

void MergeDeckConfig(DeckConfigRow preset, Outcomes& outcomes, Merge& merge) {
  DeckConfigTable& table = merge.collection.deck_configs;
  const auto stored = table.Get(preset.id);
  if (Loses(stored, preset, outcomes.deck_configs) || (stored && SameContent(*stored, preset)))
    return;
  preset.usn = merge.server_usn;
  table.Put(preset);
  if (!stored) ++merge.counts.deck_configs;
  merge.changed = true;
}

void MergeTag(std::string_view sent, Merge& merge) {
  TagTable& table = merge.collection.tags;
  const std::string name = CleanTagName(sent);
  if (table.Find(name)) return;
  table.Add(AdoptAncestorSpelling(
                name, [&table](std::string_view ancestor) { return table.Find(ancestor); }),
            merge.server_usn);
  merge.changed = true;
}

namespace {

// Written by the server itself when a day begins.
std::map<std::string, std::string> WithoutBookkeeping(std::map<std::string, std::string> values) {
  values.erase("lastUnburied");
  values.erase("rollover");
  return values;
}

}  // namespace

void ReplaceConfig(const std::map<std::string, std::string>& values, Merge& merge) {
  const auto stored = merge.collection.config.All();
  if (stored == values) return;
  merge.collection.config.ReplaceAll(values, merge.server_usn, merge.now);
  if (WithoutBookkeeping(stored) != WithoutBookkeeping(values)) merge.changed = true;
}

void ReplaceCrt(UnixSeconds crt, Merge& merge) {
  ColRow col = merge.collection.col.Get();
  if (col.crt == crt) return;
  col.crt = crt;
  merge.collection.col.Set(col);
  merge.changed = true;
}

}  // namespace ankisync::sync
