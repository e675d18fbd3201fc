// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/collection_facts.h"

#include "common/core/error.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/schema.h"

namespace ankisync {

CollectionFacts ExamineCollection(const std::filesystem::path& file) {
  CollectionFacts facts;
  try {
    sqlite::Connection db(file, sqlite::OpenMode::kReadOnly, {.trust = sqlite::Trust::kForeign});
    AddUnicase(db);
    const std::string verdict = db.Text("PRAGMA integrity_check(1)");
    if (verdict != "ok") facts.damage = verdict;
    const ColRow col = ColTable(db).Get();
    facts.mod = col.mod;
    facts.scm = col.scm;
    facts.usn = col.usn;
    facts.counts = {.cards = CardTable(db).Count(),
                    .notes = NoteTable(db).Count(),
                    .revlog = RevlogTable(db).Count(),
                    .notetypes = NotetypeTable(db).Count(),
                    .decks = DeckTable(db).Count(),
                    .deck_configs = DeckConfigTable(db).Count()};
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kInternal) throw;
    facts.damage = error.what();
  }
  return facts;
}

}  // namespace ankisync
