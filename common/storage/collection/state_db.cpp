// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/state_db.h"

#include "common/core/error.h"
#include "common/core/utc_text.h"
#include "common/storage/collection/generations.h"

namespace ankisync {
namespace {

void Prepare(sqlite::Connection& db) {
  db.Script(
      "PRAGMA journal_mode=wal; PRAGMA synchronous=normal;"
      "CREATE TABLE IF NOT EXISTS counts (one INTEGER PRIMARY KEY CHECK (one = 1), generation "
      "INTEGER, mod INTEGER,"
      " usn INTEGER, cards INTEGER, notes INTEGER, revlog INTEGER, notetypes INTEGER, decks "
      "INTEGER,"
      " deck_configs INTEGER) STRICT;"
      "CREATE TABLE IF NOT EXISTS refused_uploads (place INTEGER PRIMARY KEY, device INTEGER "
      "UNIQUE, "
      "sentence TEXT) STRICT;"
      "CREATE TABLE IF NOT EXISTS sanity_failures (place INTEGER PRIMARY KEY, time TEXT, "
      "device INTEGER, client TEXT, difference TEXT) STRICT");
}

std::filesystem::path Usable(const std::filesystem::path& path) {
  try {
    sqlite::Connection db(path, sqlite::OpenMode::kCreate, {.cache_kib = 64});
    Prepare(db);
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kInternal) throw;
    RemoveDatabase(path);
  }
  return path;
}

}  // namespace

StateDb::StateDb(const std::filesystem::path& user_folder)
    : db_(Usable(user_folder / "state.db"), sqlite::OpenMode::kCreate, {.cache_kib = 64}) {
  Prepare(db_);
}

std::optional<RowCounts> StateDb::CountsFor(const CollectionState& state) try {
  sqlite::Cursor row = db_.Query(
      "SELECT cards, notes, revlog, notetypes, decks, deck_configs FROM counts WHERE generation=? "
      "AND mod=? AND usn=?",
      state.generation, state.mod, state.usn);
  if (!row.Next()) return std::nullopt;
  return RowCounts{.cards = row.Int(0),
                   .notes = row.Int(1),
                   .revlog = row.Int(2),
                   .notetypes = row.Int(3),
                   .decks = row.Int(4),
                   .deck_configs = row.Int(5)};
} catch (const SyncError&) {
  return std::nullopt;
}

void StateDb::Remember(const CollectionState& state, const RowCounts& counts) try {
  db_.Execute("INSERT OR REPLACE INTO counts VALUES (1,?,?,?,?,?,?,?,?,?)", state.generation,
              state.mod, state.usn, counts.cards, counts.notes, counts.revlog, counts.notetypes,
              counts.decks, counts.deck_configs);
} catch (const SyncError&) {
}

std::map<DeviceId, std::string> StateDb::Refusals() try {
  std::map<DeviceId, std::string> refusals;
  sqlite::Cursor row = db_.Query("SELECT device, sentence FROM refused_uploads");
  while (row.Next()) refusals.emplace(static_cast<DeviceId>(row.Int(0)), row.Text(1));
  return refusals;
} catch (const SyncError&) {
  return {};
}

void StateDb::RememberRefusal(DeviceId device, const std::string& sentence) try {
  db_.Execute("INSERT OR REPLACE INTO refused_uploads (device, sentence) VALUES (?,?)", Raw(device),
              sentence);
  db_.Execute(
      "DELETE FROM refused_uploads WHERE place NOT IN "
      "(SELECT place FROM refused_uploads ORDER BY place DESC LIMIT 8)");
} catch (const SyncError&) {
}

void StateDb::ForgetRefusal(DeviceId device) try {
  db_.Execute("DELETE FROM refused_uploads WHERE device=?", Raw(device));
} catch (const SyncError&) {
}

void StateDb::Remember(const SanityFailure& failure) try {
  db_.Execute("INSERT INTO sanity_failures (time, device, client, difference) VALUES (?,?,?,?)",
              UtcText(failure.time), Raw(failure.device), failure.client, failure.difference);
  db_.Execute(
      "DELETE FROM sanity_failures WHERE place NOT IN "
      "(SELECT place FROM sanity_failures ORDER BY place DESC LIMIT 20)");
} catch (const SyncError&) {
}

}  // namespace ankisync
