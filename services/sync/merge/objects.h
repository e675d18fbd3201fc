// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "services/sync/merge/merge.h"

namespace ankisync::sync {

// What merging means for our own changes, which were gathered before.
template <typename Id>
struct Outcome {
  // To be sent as they are now: the client's version lost here, though ours may not have changed
  // since its last sync (its clock is behind), or two names met.
  std::set<Id> resend;
  // Not to be sent: the client's version is in force, and would take our old one for a newer.
  std::set<Id> replaced;
};

struct Outcomes {
  Outcome<NotetypeId> notetypes;
  Outcome<DeckId> decks;
  Outcome<DeckConfigId> deck_configs;
};

// Errors: kInconsistentData when the number of fields or templates differs from that of a stored
// one that is not newer (a change of the schema, which needs a full sync), or a name stands twice
// in it.
void MergeNotetype(NotetypeRow notetype, Outcomes& outcomes, Merge& merge);

// Neither makes missing parents nor renames children: clients send each deck.
void MergeDeck(DeckRow deck, Outcomes& outcomes, Merge& merge);

void MergeDeckConfig(DeckConfigRow preset, Outcomes& outcomes, Merge& merge);

// Adds what no stored tag equals; stored ones stay as they are.
void MergeTag(std::string_view sent, Merge& merge);

// The configuration as a whole. What is the same but for the server's own bookkeeping does not
// count as a change.
void ReplaceConfig(const std::map<std::string, std::string>& values, Merge& merge);

void ReplaceCrt(UnixSeconds crt, Merge& merge);

}  // namespace ankisync::sync
