// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/legacy/downgrade.h"

#include <limits>
#include <string>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/config_table.h"
#include "common/storage/collection/deck_config_table.h"
#include "common/storage/collection/deck_table.h"
#include "common/storage/collection/notetype_table.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/schema.h"

namespace ankisync {
namespace {

constexpr Usn kEver{std::numeric_limits<std::int32_t>::min()};

template <typename Table, typename Row>
std::string ObjectsById(Table table, void (*write)(const Row&, json::Writer&)) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  for (const Row& row : table.ChangedSince(kEver)) {
    out.Key(std::to_string(Raw(row.id)));
    write(row, out);
  }
  out.EndObject();
  return text;
}

std::string Config(sqlite::Connection& db) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  for (const auto& [key, json] : ConfigTable(db).All()) out.Key(key).Raw(json);
  out.EndObject();
  return text;
}

std::string Tags(sqlite::Connection& db) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  sqlite::Cursor row = db.Query("SELECT tag, usn FROM tags");
  while (row.Next()) out.Key(row.Text(0)).Int(row.Int(1));
  out.EndObject();
  return text;
}

void WriteColumns(sqlite::Connection& db) {
  try {
    db.Execute("UPDATE col SET conf=?, models=?, decks=?, dconf=?, tags=?, ver=11", Config(db),
               ObjectsById(NotetypeTable(db), WriteNotetype), ObjectsById(DeckTable(db), WriteDeck),
               ObjectsById(DeckConfigTable(db), WriteDeckConfig), Tags(db));
  } catch (const SyncError& error) {
    // The client has done nothing wrong, and checking its own database would not help.
    if (error.kind() != ErrorKind::kInconsistentData) throw;
    throw SyncError(ErrorKind::kInternal, error.what());
  }
}

}  // namespace

void DowngradeToSchema11(const std::filesystem::path& copy) {
  sqlite::Connection db(copy, sqlite::OpenMode::kReadWrite);
  AddUnicase(db);
  db.Script("PRAGMA journal_mode=delete; PRAGMA synchronous=off");
  sqlite::Transaction transaction(db);
  WriteColumns(db);
  db.Script(
      "ALTER TABLE graves RENAME TO graves_of_schema_18;"
      "CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);"
      "INSERT INTO graves SELECT usn, oid, type FROM graves_of_schema_18;"
      "DROP TABLE graves_of_schema_18;"
      "DROP TABLE notetypes; DROP TABLE fields; DROP TABLE templates; DROP TABLE decks;"
      "DROP TABLE deck_config; DROP TABLE config; DROP TABLE tags;"
      "DROP INDEX IF EXISTS idx_notes_mid; DROP INDEX IF EXISTS idx_cards_odid");
  transaction.Commit();
}

}  // namespace ankisync
