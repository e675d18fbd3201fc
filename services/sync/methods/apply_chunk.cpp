// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/transaction.h"
#include "services/sync/merge/rows.h"
#include "services/sync/methods/chunk_reader.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/with_merge.h"

namespace ankisync::sync {

Reply ApplyChunk(Request& request, Session& session, Collection& collection, UnixMillis now) {
  Moved received;
  WithMerge(session, collection, now, [&](Merge& merge) {
    // Entries are applied while the text is read; should it turn out malformed, none of them was.
    sqlite::Savepoint part(collection.db);
    ReadChunk(*request.payload,
              {.revlog =
                   [&](RevlogEntry review) {
                     MergeReview(review, merge), ++received[ObjectKind::kRevlog];
                   },
               .card =
                   [&](CardEntry card) {
                     MergeCard(std::move(card), merge), ++received[ObjectKind::kCard];
                   },
               .note =
                   [&](NoteEntry note) {
                     MergeNote(std::move(note), merge), ++received[ObjectKind::kNote];
                   }});
    part.Release();
  });
  for (const ObjectKind kind : {ObjectKind::kRevlog, ObjectKind::kCard, ObjectKind::kNote})
    session.traffic.received[kind] += received[kind];
  return NullReply();
}

}  // namespace ankisync::sync
