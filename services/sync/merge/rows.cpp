// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/merge/rows.h"

#include "common/core/error.h"
#include "common/storage/collection/text/card_data.h"

namespace ankisync::sync {

void MergeReview(RevlogEntry review, Merge& merge) {
  review.usn = merge.server_usn;
  if (!merge.collection.revlog.AddIfNew(review)) return;
  ++merge.counts.revlog;
  merge.changed = true;
}

void MergeCard(CardEntry card, Merge& merge) {
  const auto stored = merge.collection.cards.StampOf(card.id);
  if (stored && !ClientWinsRow(*stored, {card.usn, card.mtime}, merge.client_usn)) return;
  card.usn = merge.server_usn;
  card.data = NormalisedCardData(card.data);
  merge.collection.cards.Put(card);
  if (!stored) ++merge.counts.cards;
  merge.changed = true;
}

void MergeNote(NoteEntry note, Merge& merge) {
  const auto stored = merge.collection.notes.StampOf(note.id);
  if (stored && !ClientWinsRow(*stored, {note.usn, note.mtime}, merge.client_usn)) return;
  const auto shape = merge.collection.notetypes.ShapeOf(note.notetype_id);
  const std::string id = std::to_string(Raw(note.id));
  if (!shape)
    throw SyncError(ErrorKind::kInconsistentData, "note " + id + ": its notetype is missing");
  const auto text = NoteTextOf(note.fields, note.tags, *shape);
  if (!text)
    throw SyncError(ErrorKind::kInconsistentData,
                    "note " + id + ": other number of fields than its notetype");
  note.usn = merge.server_usn;
  merge.collection.notes.Put(note, *text);
  if (!stored) ++merge.counts.notes;
  merge.changed = true;
}

namespace {

template <typename Id, typename Table>
void Bury(const std::vector<Id>& ids, Table& table, std::int64_t& count, Merge& merge) {
  for (const Id id : ids) {
    const bool removed = table.Remove(id);
    if (removed) --count;
    if (merge.collection.graves.Add(id, merge.server_usn) || removed) merge.changed = true;
  }
}

}  // namespace

void ApplyGraves(const Graves& graves, Merge& merge) {
  Bury(graves.notes, merge.collection.notes, merge.counts.notes, merge);
  Bury(graves.cards, merge.collection.cards, merge.counts.cards, merge);
  Bury(graves.decks, merge.collection.decks, merge.counts.decks, merge);
}

}  // namespace ankisync::sync
