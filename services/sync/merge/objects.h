// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "services/sync/merge/merge.h"

namespace ankisync::sync {

// Objects whose names met: the one that had to take another name, and the one that kept it.
struct NameConflicts {
  std::set<NotetypeId> notetypes;
  std::set<DeckId> decks;
};

// Errors: kInconsistentData when the number of fields or templates differs from that of a stored
// one that is not newer (a change of the schema, which needs a full sync), or a name stands twice
// in it.
void MergeNotetype(NotetypeRow notetype, NameConflicts& conflicts, Merge& merge);

// Neither makes missing parents nor renames children: clients send each deck.
void MergeDeck(DeckRow deck, NameConflicts& conflicts, Merge& merge);

void MergeDeckConfig(DeckConfigRow preset, Merge& merge);

// Adds what no stored tag equals; stored ones stay as they are.
void MergeTag(std::string_view sent, Merge& merge);

// The configuration as a whole. What is the same but for the server's own bookkeeping does not
// count as a change.
void ReplaceConfig(const std::map<std::string, std::string>& values, Merge& merge);

void ReplaceCrt(UnixSeconds crt, Merge& merge);

}  // namespace ankisync::sync
