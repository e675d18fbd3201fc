// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/collection_difference.h"

#include <algorithm>

#include "common/sqlite/connection.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/schema.h"

namespace ankisync {
namespace {

constexpr char kSeparator = '\x1f';  // between the parts of a deck's name

std::vector<std::string> DeckNames(sqlite::Cursor row) {
  std::vector<std::string> names;
  while (row.Next()) {
    std::string name;
    for (const char c : row.Text(0)) c == kSeparator ? name += "::" : name += c;
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

CollectionDifference Compare(const std::filesystem::path& present,
                             const std::filesystem::path& other) {
  sqlite::Connection db(other, sqlite::OpenMode::kReadWrite);
  AddUnicase(db);
  db.Execute("ATTACH ? AS present", std::filesystem::canonical(present).string());
  const sqlite::Transaction one_moment(db, sqlite::Transaction::Kind::kRead);
  CollectionDifference found;
  found.cards = {
      .gained =
          db.Int("SELECT count(*) FROM main.cards WHERE id NOT IN (SELECT id FROM present.cards)"),
      .lost =
          db.Int("SELECT count(*) FROM present.cards WHERE id NOT IN (SELECT id FROM main.cards)"),
      .changed = db.Int("SELECT count(*) FROM main.cards m JOIN present.cards p "
                        "ON m.id = p.id WHERE m.mod <> p.mod")};
  found.notes = {
      .gained =
          db.Int("SELECT count(*) FROM main.notes WHERE id NOT IN (SELECT id FROM present.notes)"),
      .lost =
          db.Int("SELECT count(*) FROM present.notes WHERE id NOT IN (SELECT id FROM main.notes)"),
      .changed = db.Int("SELECT count(*) FROM main.notes m JOIN present.notes p "
                        "ON m.id = p.id WHERE m.mod <> p.mod")};
  found.reviews = {
      .gained = db.Int(
          "SELECT count(*) FROM main.revlog WHERE id NOT IN (SELECT id FROM present.revlog)"),
      .lost = db.Int(
          "SELECT count(*) FROM present.revlog WHERE id NOT IN (SELECT id FROM main.revlog)")};
  found.decks = {
      .gained =
          db.Int("SELECT count(*) FROM main.decks WHERE id NOT IN (SELECT id FROM present.decks)"),
      .lost =
          db.Int("SELECT count(*) FROM present.decks WHERE id NOT IN (SELECT id FROM main.decks)"),
      .changed = db.Int("SELECT count(*) FROM main.decks m JOIN present.decks p "
                        "ON m.id = p.id WHERE m.mtime_secs <> p.mtime_secs")};
  found.notetypes = {
      .gained = db.Int(
          "SELECT count(*) FROM main.notetypes WHERE id NOT IN (SELECT id FROM present.notetypes)"),
      .lost = db.Int(
          "SELECT count(*) FROM present.notetypes WHERE id NOT IN (SELECT id FROM main.notetypes)"),
      .changed = db.Int("SELECT count(*) FROM main.notetypes m JOIN present.notetypes p "
                        "ON m.id = p.id WHERE m.mtime_secs <> p.mtime_secs")};
  found.decks_gained = DeckNames(
      db.Query("SELECT name FROM main.decks WHERE id NOT IN (SELECT id FROM present.decks)"));
  found.decks_lost = DeckNames(
      db.Query("SELECT name FROM present.decks WHERE id NOT IN (SELECT id FROM main.decks)"));
  return found;
}

}  // namespace ankisync
