// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/storage/collection/text/unicase.h"

namespace ankisync {
namespace {

constexpr sqlite::Sql kOldTables = R"(
CREATE TABLE col (
  id integer PRIMARY KEY,
  crt integer NOT NULL,
  mod integer NOT NULL,
  scm integer NOT NULL,
  ver integer NOT NULL,
  dty integer NOT NULL,
  usn integer NOT NULL,
  ls integer NOT NULL,
  conf text NOT NULL,
  models text NOT NULL,
  decks text NOT NULL,
  dconf text NOT NULL,
  tags text NOT NULL
);
CREATE TABLE notes (
  id integer PRIMARY KEY,
  guid text NOT NULL,
  mid integer NOT NULL,
  mod integer NOT NULL,
  usn integer NOT NULL,
  tags text NOT NULL,
  flds text NOT NULL,
  sfld integer NOT NULL,
  csum integer NOT NULL,
  flags integer NOT NULL,
  data text NOT NULL
);
CREATE TABLE cards (
  id integer PRIMARY KEY,
  nid integer NOT NULL,
  did integer NOT NULL,
  ord integer NOT NULL,
  mod integer NOT NULL,
  usn integer NOT NULL,
  type integer NOT NULL,
  queue integer NOT NULL,
  due integer NOT NULL,
  ivl integer NOT NULL,
  factor integer NOT NULL,
  reps integer NOT NULL,
  lapses integer NOT NULL,
  left integer NOT NULL,
  odue integer NOT NULL,
  odid integer NOT NULL,
  flags integer NOT NULL,
  data text NOT NULL
);
CREATE TABLE revlog (
  id integer PRIMARY KEY,
  cid integer NOT NULL,
  usn integer NOT NULL,
  ease integer NOT NULL,
  ivl integer NOT NULL,
  lastIvl integer NOT NULL,
  factor integer NOT NULL,
  time integer NOT NULL,
  type integer NOT NULL
);
)";

constexpr sqlite::Sql kTablesSince11 = R"(
CREATE TABLE graves (
  oid integer NOT NULL,
  type integer NOT NULL,
  usn integer NOT NULL,
  PRIMARY KEY (oid, type)
) WITHOUT ROWID;
CREATE TABLE notetypes (
  id integer NOT NULL PRIMARY KEY,
  name text NOT NULL COLLATE unicase,
  mtime_secs integer NOT NULL,
  usn integer NOT NULL,
  config blob NOT NULL
);
CREATE TABLE fields (
  ntid integer NOT NULL,
  ord integer NOT NULL,
  name text NOT NULL COLLATE unicase,
  config blob NOT NULL,
  PRIMARY KEY (ntid, ord)
) WITHOUT ROWID;
CREATE TABLE templates (
  ntid integer NOT NULL,
  ord integer NOT NULL,
  name text NOT NULL COLLATE unicase,
  mtime_secs integer NOT NULL,
  usn integer NOT NULL,
  config blob NOT NULL,
  PRIMARY KEY (ntid, ord)
) WITHOUT ROWID;
CREATE TABLE decks (
  id integer PRIMARY KEY NOT NULL,
  name text NOT NULL COLLATE unicase,
  mtime_secs integer NOT NULL,
  usn integer NOT NULL,
  common blob NOT NULL,
  kind blob NOT NULL
);
CREATE TABLE deck_config (
  id integer PRIMARY KEY NOT NULL,
  name text NOT NULL COLLATE unicase,
  mtime_secs integer NOT NULL,
  usn integer NOT NULL,
  config blob NOT NULL
);
CREATE TABLE config (
  KEY text NOT NULL PRIMARY KEY,
  usn integer NOT NULL,
  mtime_secs integer NOT NULL,
  val blob NOT NULL
) WITHOUT ROWID;
CREATE TABLE tags (
  tag text NOT NULL PRIMARY KEY COLLATE unicase,
  usn integer NOT NULL,
  collapsed boolean NOT NULL,
  config blob NULL
) WITHOUT ROWID;
)";

constexpr std::array<sqlite::Sql, 16> kIndexes = {
    "CREATE INDEX IF NOT EXISTS ix_notes_usn ON notes (usn)",
    "CREATE INDEX IF NOT EXISTS ix_notes_csum ON notes (csum)",
    "CREATE INDEX IF NOT EXISTS idx_notes_mid ON notes (mid)",
    "CREATE INDEX IF NOT EXISTS ix_cards_usn ON cards (usn)",
    "CREATE INDEX IF NOT EXISTS ix_cards_nid ON cards (nid)",
    "CREATE INDEX IF NOT EXISTS ix_cards_sched ON cards (did, queue, due)",
    "CREATE INDEX IF NOT EXISTS idx_cards_odid ON cards (odid) WHERE odid != 0",
    "CREATE INDEX IF NOT EXISTS ix_revlog_usn ON revlog (usn)",
    "CREATE INDEX IF NOT EXISTS ix_revlog_cid ON revlog (cid)",
    "CREATE INDEX IF NOT EXISTS idx_graves_pending ON graves (usn)",
    "CREATE UNIQUE INDEX IF NOT EXISTS idx_notetypes_name ON notetypes (name)",
    "CREATE INDEX IF NOT EXISTS idx_notetypes_usn ON notetypes (usn)",
    "CREATE UNIQUE INDEX IF NOT EXISTS idx_fields_name_ntid ON fields (name, ntid)",
    "CREATE UNIQUE INDEX IF NOT EXISTS idx_templates_name_ntid ON templates (name, ntid)",
    "CREATE INDEX IF NOT EXISTS idx_templates_usn ON templates (usn)",
    "CREATE UNIQUE INDEX IF NOT EXISTS idx_decks_name ON decks (name)",
};

struct TableColumns {
  std::string_view table;
  std::string_view columns;  // in their order; a star behind those of the primary key
};

constexpr std::array kOldColumns = {
    TableColumns{"col", "id*,crt,mod,scm,ver,dty,usn,ls,conf,models,decks,dconf,tags"},
    TableColumns{"notes", "id*,guid,mid,mod,usn,tags,flds,sfld,csum,flags,data"},
    TableColumns{
        "cards",
        "id*,nid,did,ord,mod,usn,type,queue,due,ivl,factor,reps,lapses,left,odue,odid,flags,data"},
    TableColumns{"revlog", "id*,cid,usn,ease,ivl,lastIvl,factor,time,type"},
};

constexpr std::array kColumnsOf11 = {TableColumns{"graves", "usn,oid,type"}};

constexpr std::array kColumnsSince11 = {
    TableColumns{"graves", "oid*,type*,usn"},
    TableColumns{"notetypes", "id*,name,mtime_secs,usn,config"},
    TableColumns{"fields", "ntid*,ord*,name,config"},
    TableColumns{"templates", "ntid*,ord*,name,mtime_secs,usn,config"},
    TableColumns{"decks", "id*,name,mtime_secs,usn,common,kind"},
    TableColumns{"deck_config", "id*,name,mtime_secs,usn,config"},
    TableColumns{"config", "KEY*,usn,mtime_secs,val"},
    TableColumns{"tags", "tag*,usn,collapsed,config"},
};

std::string ColumnsOf(sqlite::Connection& db, std::string_view table) {
  std::string columns;
  sqlite::Cursor row =
      db.Query("SELECT name, hidden, pk FROM pragma_table_xinfo(?) ORDER BY cid", table);
  while (row.Next()) {
    columns += (columns.empty() ? "" : ",") + std::string(row.Text(0));
    if (row.Int(1) != 0) columns += " computed";
    if (row.Int(2) != 0) columns += '*';
  }
  return columns;
}

bool HasTables(sqlite::Connection& db, std::span<const TableColumns> tables) {
  return std::all_of(tables.begin(), tables.end(), [&db](const TableColumns& expected) {
    return db.Any(
               "SELECT 1 FROM sqlite_master WHERE type='table' AND name=? AND sql LIKE 'create "
               "table%' "
               "AND sql NOT LIKE '%check%'",
               expected.table) &&
           ColumnsOf(db, expected.table) == expected.columns;
  });
}

// SQL without what may be written in several ways.
std::string Canonical(std::string_view sql) {
  std::string canonical;
  for (const char c : sql) {
    if (!std::isspace(static_cast<unsigned char>(c)) && c != '"' && c != '`' && c != '[' &&
        c != ']') {
      canonical += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  constexpr std::string_view kOptional = "ifnotexists";
  if (const auto at = canonical.find(kOptional); at != std::string::npos)
    canonical.erase(at, kOptional.size());
  return canonical;
}

bool IsOurIndex(std::string_view sql) {
  const std::string canonical = Canonical(sql);
  return std::any_of(kIndexes.begin(), kIndexes.end(),
                     [&](const sqlite::Sql& ours) { return Canonical(ours.text()) == canonical; });
}

struct ForeignObject {
  sqlite::Connection::Droppable kind;
  std::string name;
};

std::vector<ForeignObject> ForeignObjects(sqlite::Connection& db) {
  using Droppable = sqlite::Connection::Droppable;
  std::vector<ForeignObject> found;
  sqlite::Cursor row = db.Query(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type != 'table'");
  while (row.Next()) {
    const std::string_view type = row.Text(0);
    if (type == "index" && IsOurIndex(row.Text(2))) continue;
    found.push_back({type == "trigger" ? Droppable::kTrigger
                     : type == "view"  ? Droppable::kView
                                       : Droppable::kIndex,
                     std::string(row.Text(1))});
  }
  return found;
}

}  // namespace

void AddUnicase(sqlite::Connection& db) { db.AddCollation("unicase", CompareUnicase); }

void CreateSchema18(sqlite::Connection& db) {
  db.Script(kOldTables);
  CreateTablesSince11(db);
  CreateMissingIndexes(db);
  db.Execute("INSERT INTO col VALUES (1,0,0,0,18,0,0,0,'','','','','')");
}

void CreateTablesSince11(sqlite::Connection& db) { db.Script(kTablesSince11); }

bool HasSchema18(sqlite::Connection& db) {
  return HasTables(db, kOldColumns) && HasTables(db, kColumnsSince11);
}

bool HasSchema11(sqlite::Connection& db) {
  return HasTables(db, kOldColumns) && HasTables(db, kColumnsOf11);
}

bool ComputesColumns(sqlite::Connection& db) {
  return db.Any(
      "SELECT 1 FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c WHERE t.type='table' "
      "AND t.sql NOT LIKE 'create virtual%' AND c.hidden > 1");
}

void DropForeignObjects(sqlite::Connection& db) {
  for (const ForeignObject& object : ForeignObjects(db)) db.Drop(object.kind, object.name);
}

void CreateMissingIndexes(sqlite::Connection& db) {
  for (const sqlite::Sql& index : kIndexes) db.Execute(index);
}

}  // namespace ankisync
