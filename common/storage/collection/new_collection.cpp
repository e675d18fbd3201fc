// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/new_collection.h"

#include <array>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/core/error.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/schema.h"
#include "common/storage/collection/stock_notetypes.h"

namespace ankisync {
namespace {

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kDayBeginsSeconds = 4 * 3600;

// The last 04:00 UTC.
UnixSeconds BeginningOfDay(UnixSeconds now) {
  const std::int64_t shifted = Raw(now) - kDayBeginsSeconds;
  return static_cast<UnixSeconds>(shifted - shifted % kDaySeconds + kDayBeginsSeconds);
}

struct ConfigValue {
  std::string_view key;
  std::string_view json;
};

constexpr std::array kConfig = {
    ConfigValue{"activeDecks", "[1]"},
    ConfigValue{"curDeck", "1"},
    ConfigValue{"newSpread", "0"},
    ConfigValue{"collapseTime", "1200"},
    ConfigValue{"timeLim", "0"},
    ConfigValue{"estTimes", "true"},
    ConfigValue{"dueCounts", "true"},
    ConfigValue{"nextPos", "1"},
    ConfigValue{"sortType", "\"noteFld\""},
    ConfigValue{"sortBackwards", "false"},
    ConfigValue{"addToCur", "true"},
    ConfigValue{"dayLearnFirst", "false"},
    ConfigValue{"schedVer", "2"},
    ConfigValue{"creationOffset", "null"},
    ConfigValue{"sched2021", "true"},
};

constexpr std::string_view kBothCollapsed("\x08\x01\x10\x01", 4);        // Deck.Common
constexpr std::string_view kNormalDeckOfPreset1("\x0A\x02\x08\x01", 4);  // Deck.KindContainer

// The parts that are left empty mean their defaults.
constexpr std::string_view kPreset1 =
    R"({"id":1,"name":"Default","mod":0,"usn":0,"maxTaken":60,"autoplay":true,"timer":0,"replayq":true,"new":{},"rev":{},"lapse":{},)"
    R"("desiredRetention":0.9,"sm2Retention":0.9,"easyDaysPercentages":[1,1,1,1,1,1,1]})";

void Fill(Collection& collection, UnixMillis now) {
  collection.col.Set({.crt = BeginningOfDay(ToSeconds(now)), .scm = now});
  collection.decks.Put({.id = DeckId{1},
                        .name = "Default",
                        .common = std::string(kBothCollapsed),
                        .kind = std::string(kNormalDeckOfPreset1)});
  collection.deck_configs.Put(ReadDeckConfig(json::Document::Parse(std::string(kPreset1)).root()));
  for (const ConfigValue& value : kConfig)
    collection.config.Set(value.key, value.json, Usn{0}, UnixSeconds{0});
  std::int64_t id = Raw(now);
  for (NotetypeRow& notetype : StockNotetypes()) {
    notetype.id = static_cast<NotetypeId>(id++);
    collection.notetypes.Put(notetype);
  }
  collection.config.Set("curModel", std::to_string(Raw(now)), Usn{0}, UnixSeconds{0});
}

}  // namespace

void CreateCollection(const std::filesystem::path& path, UnixMillis now) {
  if (std::filesystem::exists(path))
    throw SyncError(ErrorKind::kInternal, path.string() + " exists already");
  {
    sqlite::Connection db(path, sqlite::OpenMode::kCreate);
    AddUnicase(db);
    db.Script("PRAGMA journal_mode=wal; PRAGMA synchronous=full");
    sqlite::Transaction transaction(db);
    CreateSchema18(db);
    transaction.Commit();
  }
  Collection collection(path);
  sqlite::Transaction transaction(collection.db);
  Fill(collection, now);
  transaction.Commit();
}

}  // namespace ankisync
