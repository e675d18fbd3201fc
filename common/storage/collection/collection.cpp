// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/collection.h"

#include <string>

#include "common/storage/collection/schema.h"
#include "common/storage/collection/text/scheduler_day.h"

namespace ankisync {

Collection::Collection(const std::filesystem::path& path, int cache_kib)
    : db(path, sqlite::OpenMode::kReadWrite, {.cache_kib = cache_kib}) {
  AddUnicase(db);
  db.Script("PRAGMA journal_mode=wal; PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=0");
}

RowCounts Collection::CountRows() {
  return {.cards = cards.Count(),
          .notes = notes.Count(),
          .revlog = revlog.Count(),
          .notetypes = notetypes.Count(),
          .decks = decks.Count(),
          .deck_configs = deck_configs.Count()};
}

bool Collection::AnyUnsent() {
  return cards.AnyUnsent() || notes.AnyUnsent() || revlog.AnyUnsent() || graves.AnyUnsent() ||
         decks.AnyUnsent() || deck_configs.AnyUnsent() || tags.AnyUnsent() || notetypes.AnyUnsent();
}

void Collection::UnburyIfDayRolledOver(UnixMillis now, Usn usn) {
  const UnixSeconds now_s = ToSeconds(now);
  const SchedulerDay day = SchedulerDayAt(Raw(now_s), Raw(col.Get().crt),
                                          {.sched_ver = config.Get("schedVer"),
                                           .rollover = config.Get("rollover"),
                                           .creation_offset = config.Get("creationOffset"),
                                           .local_offset = config.Get("localOffset")});
  if (day.rollover_is_missing)
    config.Set("rollover", std::to_string(kDefaultRolloverHour), usn, now_s);
  if (!UnburyIsDue(day.today, config.Get("lastUnburied"))) return;
  cards.UnburyAll();
  config.Set("lastUnburied", std::to_string(day.today), usn, now_s);
}

}  // namespace ankisync
