// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/legacy/upgrade.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/nfc.h"
#include "common/core/error.h"
#include "common/core/random_token.h"
#include "common/storage/collection/config_table.h"
#include "common/storage/collection/deck_config_table.h"
#include "common/storage/collection/deck_table.h"
#include "common/storage/collection/legacy/unique_names.h"
#include "common/storage/collection/notetype_table.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/proto/object_keys.h"
#include "common/storage/collection/schema.h"
#include "common/storage/collection/text/deck_name.h"

namespace ankisync {
namespace {

// A tree takes many times its text. Presets and decks are some hundred bytes each.
constexpr std::size_t kJsonBytesMax = std::size_t{32} << 20;

// A JSON object in `col`, whose one row the cursor is about to give.
json::Document Column(sqlite::Cursor row, std::string_view name) {
  row.Next();
  const std::string_view text = row.Text(0);
  if (text.size() > kJsonBytesMax)
    throw SyncError(ErrorKind::kInconsistentData, std::string(name) + " is too long");
  auto document = json::Document::Parse(std::string(text));
  if (!document.root().is(json::Kind::kObject))
    throw SyncError(ErrorKind::kInconsistentData, std::string(name) + " is no object");
  return document;
}

// Of rows with the same id the last, in the place of the first.
template <typename Row>
class RowsById {
 public:
  void Put(Row row) {
    const auto [place, is_new] = places_.try_emplace(row.id, rows_.size());
    if (is_new) {
      rows_.push_back(std::move(row));
    } else {
      rows_[place->second] = std::move(row);
    }
  }
  bool Has(decltype(Row::id) id) const { return places_.contains(id); }
  std::vector<Row> Take() { return std::move(rows_); }

 private:
  std::vector<Row> rows_;
  std::map<decltype(Row::id), std::size_t> places_;
};

// Returns the presets whose initial ease was lifted.
std::set<DeckConfigId> UpgradePresets(sqlite::Connection& db) {
  const auto document = Column(db.Query("SELECT dconf FROM col"), "dconf");
  std::set<DeckConfigId> lifted;
  DeckConfigTable table(db);
  for (const json::Member* member : document.root().LastMembers()) {
    DeckConfigRow preset = ReadDeckConfig(member->value, ZeroId::kAllowed);
    // Clients go by the key; the id inside may be another's.
    preset.id = static_cast<DeckConfigId>(
        json::Require(json::ParseInt<std::int64_t>(member->key), "a preset's id"));
    if (LiftInitialEase(preset)) lifted.insert(preset.id);
    table.Put(preset);
  }
  return lifted;
}

std::vector<DeckRow> UpgradeDecks(sqlite::Connection& db, Usn usn, UnixSeconds now) {
  const auto document = Column(db.Query("SELECT decks FROM col"), "decks");
  RowsById<DeckRow> by_id;
  for (const json::Member* member : document.root().LastMembers()) {
    DeckRow deck = ReadDeck(member->value);
    const auto as_written = json::ReadText(json::RequireMember(member->value, "name"));
    if (HumanDeckName(deck.name) != as_written) {
      deck.mtime = now;
      deck.usn = usn;
    }
    by_id.Put(std::move(deck));
  }
  std::vector<DeckRow> decks = by_id.Take();
  UniqueNames names('_');
  DeckTable table(db);
  for (DeckRow& deck : decks) {
    std::string name = names.Take(deck.name);
    if (name != deck.name) {
      deck.name = std::move(name);
      deck.mtime = now;
      deck.usn = usn;
    }
    table.Put(deck);
  }
  return decks;
}

// Cards that were reviewed under a lifted ease, wherever they are at the moment.
void LiftCards(sqlite::Connection& db, const std::set<DeckConfigId>& presets,
               const std::vector<DeckRow>& decks, Usn usn) {
  std::string ids;
  json::Writer list(ids);
  list.StartArray();
  for (const DeckRow& deck : decks) {
    const auto preset = PresetOf(deck.kind);
    if (preset && presets.contains(*preset)) list.Int(Raw(deck.id));
  }
  list.EndArray();
  db.Execute(
      "UPDATE cards SET factor=2500, usn=?1 WHERE factor != 0 AND factor <= 2000 AND "
      "(did IN (SELECT value FROM json_each(?2)) OR odid IN (SELECT value FROM json_each(?2)))",
      usn, ids);
}

void UpgradeTags(sqlite::Connection& db) {
  const auto document = Column(db.Query("SELECT tags FROM col"), "tags");
  for (const json::Member* member : document.root().LastMembers()) {
    const auto usn = json::Require(json::ReadInt<std::int32_t>(member->value), "a tag's usn");
    db.Execute("INSERT OR IGNORE INTO tags(tag, usn, collapsed) VALUES (?,?,1)", member->key, usn);
  }
}

void UpgradeConfig(sqlite::Connection& db) {
  const auto document = Column(db.Query("SELECT conf FROM col"), "conf");
  RequireTravelling(document.root(), "conf");
  ConfigTable table(db);
  for (const json::Member* member : document.root().LastMembers()) {
    std::string value;
    json::Writer(value).Normalised(member->value);
    table.Set(member->key, value, Usn{0}, UnixSeconds{0});
  }
}

template <typename Parts>
void NameApart(Parts& parts) {
  UniqueNames names('+');
  for (auto& part : parts) part.name = names.Take(Nfc(part.name));
}

NotetypeId RandomNotetypeId(const RowsById<NotetypeRow>& taken) {
  for (;;) {
    const auto id = static_cast<NotetypeId>(std::stoul(RandomToken(4), nullptr, 16));
    if (id != NotetypeId{0} && !taken.Has(id)) return id;
  }
}

void UpgradeNotetypes(sqlite::Connection& db) {
  const auto document = Column(db.Query("SELECT models FROM col"), "models");
  RowsById<NotetypeRow> by_id;
  for (const json::Member* member : document.root().LastMembers()) {
    by_id.Put(ReadNotetype(member->value, ZeroId::kAllowed));
  }
  std::vector<NotetypeRow> notetypes = by_id.Take();
  UniqueNames names('_');
  NotetypeTable table(db);
  for (NotetypeRow& notetype : notetypes) {
    if (notetype.id == NotetypeId{0}) notetype.id = RandomNotetypeId(by_id);
    notetype.name = names.Take(Nfc(notetype.name));
    NameApart(notetype.fields);
    NameApart(notetype.templates);
    table.Put(notetype);
  }
}

}  // namespace

void UpgradeFromSchema11(sqlite::Connection& db, UnixSeconds now) {
  db.Script("ALTER TABLE graves RENAME TO graves_of_schema_11");
  CreateTablesSince11(db);
  db.Script(
      // Of equal ones the first; what is neither card, note nor deck means nothing to anybody.
      "INSERT OR IGNORE INTO graves SELECT oid, type, usn FROM graves_of_schema_11 "
      "WHERE type IN (0,1,2) ORDER BY rowid;"
      "DROP TABLE graves_of_schema_11");

  const auto usn = static_cast<Usn>(db.Int("SELECT usn FROM col"));
  const auto lifted = UpgradePresets(db);
  UpgradeTags(db);
  UpgradeConfig(db);
  UpgradeNotetypes(db);
  const auto decks = UpgradeDecks(db, usn, now);
  CreateMissingIndexes(db);
  if (!lifted.empty()) LiftCards(db, lifted, decks, usn);
  db.Script(
      "UPDATE col SET conf='', models='', decks='', dconf='', tags='', ver=18;"
      "ANALYZE");
}

}  // namespace ankisync
