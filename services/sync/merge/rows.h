// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "services/sync/merge/merge.h"

namespace ankisync::sync {

// Reviews are added when their id is new, and never changed.
void MergeReview(RevlogEntry review, Merge& merge);

void MergeCard(CardEntry card, Merge& merge);

// Errors: kInconsistentData when the note wins and its notetype is missing or has another number of
// fields: the person is sent to Check Database.
void MergeNote(NoteEntry note, Merge& merge);

// Notes, then cards, then decks: each row goes, whether or not its relatives do, and leaves a mark.
void ApplyGraves(const Graves& graves, Merge& merge);

}  // namespace ankisync::sync
