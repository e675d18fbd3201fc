// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/legacy/upgrade.h"

#include <set>

#include "common/core/error.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/legacy/downgrade.h"
#include "common/storage/collection/legacy/test_collections.h"
#include "common/storage/collection/upload_check.h"

namespace ankisync {
namespace {

using Texts = std::vector<std::string>;

constexpr UnixMillis kNow{1'795'500'000'000};
constexpr char kNowSeconds[] = "1795500000";

// What `after` of a case shows of a collection.
struct View {
  const char* name;
  sqlite::Sql rows;
};
constexpr View kViews[] = {
    {"deck_config",
     "SELECT json_array(id,name,mtime_secs,usn,lower(hex(config))) FROM deck_config"},
    {"tags", "SELECT json_array(tag,usn,collapsed) FROM tags"},
    {"config_keys_usn_mtime",
     "SELECT json_array(KEY,usn,mtime_secs,CAST(val AS TEXT)) FROM config"},
    {"notetypes", "SELECT json_array(id,name,mtime_secs,usn) FROM notetypes"},
    {"fields", "SELECT json_array(ntid,ord,name) FROM fields"},
    {"templates", "SELECT json_array(ntid,ord,name,mtime_secs,usn) FROM templates"},
    {"decks", "SELECT json_array(id,name,mtime_secs,usn) FROM decks"},
    {"graves", "SELECT json_array(oid,type,usn) FROM graves"},
    {"cards", "SELECT json_array(id,did,odid,factor,usn,mod) FROM cards"},
};

// Departures. Where the reference walks a map in random order, and its outcome differs from run to
// run, ours is the text's order. The usn -1 that its upgrade leaves behind, and that of the client,
// locks the person out: it is the collection's usn here, or 0. Of two ids the notetype's own
// counts.
const std::map<std::string, std::map<std::string, Texts>> kOurs{
    {"tags: case duplicates, usn",
     {{"tags", {R"(["a",3,1])", R"(["b",0,1])", "[\"e\u0301\",0,1]", "[\"\u00e9\",1,1]"}}}},
    {"decks: duplicate and odd names",
     {{"decks",
       {R"([1,"Default",0,0])", R"([20,"A",5,3])", R"([21,"a_",1795500000,11])",
        "[22,\"\u00e9\",1795500000,11]", R"([23,"x\u001fblank\u001fy",1795500000,11])",
        R"([24,"A__",1795500000,11])"}}}},
    {"dconf: initial ease 1.3 and cards",
     {{"cards",
       {"[1,60,0,2500,11,77]", "[2,60,0,2500,11,77]", "[3,60,0,2001,3,77]", "[4,60,0,0,3,77]",
        "[5,1,0,1300,3,77]", "[6,62,60,2500,11,77]", "[7,61,0,1300,3,77]", "[8,60,0,2500,3,77]"}}}},
    {"models: duplicate names and NFC",
     {{"notetypes", {R"([1000,"Base",1,0])", R"([1001,"base_",5,3])", "[1002,\"\u00e9\",5,3]"}}}},
    {"models: map key differs from inner id",
     {{"fields",
       {R"([1000,0,"Front"])", R"([1000,1,"Back"])", R"([1006,0,"Front"])", R"([1006,1,"Back"])"}},
      {"templates", {R"([1000,0,"Card 1",0,0])", R"([1006,0,"Card 1",0,0])"}}}},
    {"graves: duplicates", {{"graves", {"[7,0,1]", "[7,1,3]", "[8,2,0]", "[9,0,0]"}}}},
};

// A collection without the default deck cannot be used.
const std::set<std::string> kRefusedByUs{"decks empty"};

Texts Sorted(Texts lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

void Replace(Texts& lines, const std::string& word, const std::string& by) {
  for (std::string& line : lines) {
    if (const auto at = line.find(word); at != std::string::npos) line.replace(at, word.size(), by);
  }
}

class Upgrade : public CollectionTest {
 protected:
  // The base collection in schema 11, as a client with usn 11 would send it.
  void WriteLegacy() const {
    WriteBase();
    DowngradeToSchema11(path());
    Change("UPDATE col SET usn=11");
  }
  void Change(sqlite::Sql statements) const {
    sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
    db.Script(statements);
  }
  void SetColumn(const std::string& name, const std::string& text) const {
    sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
    sqlite::RunTestSql(db, "UPDATE col SET " + name + "=?", {text});
  }
  std::optional<UploadRefusal> Refusal() const { return CheckUpload(path(), kNow); }

  void ExpectCorrupt() const {
    const auto refusal = Refusal();
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->sentence, kUploadCorrupt);
    EXPECT_NE(refusal->detail, "");
  }
};

TEST_F(Upgrade, MakesOfSchema11WhatTheReferenceMakes) {
  const auto vectors = LoadVectors("schema_conversion.json");
  const auto cases = vectors.root().Find("upgrade_11_to_18")->items();
  ASSERT_EQ(cases.size(), 18U);
  for (const json::Value& c : cases) {
    const std::string note(c.Find("note")->text());
    SCOPED_TRACE(note);
    WriteLegacy();
    for (const json::Member& column : c.Find("col_json")->members()) {
      const bool is_text = column.value.is(json::Kind::kString);
      SetColumn(std::string(column.key),
                is_text ? std::string(column.value.text()) : Normalised(column.value));
    }
    {
      sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
      for (const json::Value& statement : c.Find("other_statements")->items()) Run(db, statement);
    }
    const auto refusal = Refusal();
    if (c.Find("text")->text() != "OK" || kRefusedByUs.contains(note)) {
      ASSERT_TRUE(refusal);
      EXPECT_EQ(refusal->sentence, kUploadCorrupt);
      continue;
    }
    ASSERT_FALSE(refusal) << refusal->detail;
    EXPECT_EQ(Rows("SELECT json_array(crt,scm,ver,usn,conf,models,decks,dconf,tags) FROM col"),
              Texts{Normalised(*c.Find("after")->Find("col"))});
    EXPECT_EQ(Rows("SELECT json_array(count(*)>0) FROM sqlite_stat1"),
              Texts{'[' + Normalised(*c.Find("after")->Find("stat1_rows")) + ']'});
    for (const View& view : kViews) {
      SCOPED_TRACE(view.name);
      Texts expected = Lines(*c.Find("after")->Find(view.name));
      Replace(expected, "\"NOW\"", kNowSeconds);
      if (const auto ours = kOurs.find(note); ours != kOurs.end()) {
        const auto rows = ours->second.find(view.name);
        if (rows != ours->second.end()) {
          EXPECT_NE(expected, Sorted(rows->second)) << "no departure any more";
          expected = Sorted(rows->second);
        }
      }
      if (note == "models: id 0") {  // a random id in its place
        const std::string id = Rows("SELECT json_array(id) FROM notetypes WHERE name='Zero'").at(0);
        Replace(expected, "2933120651", id.substr(1, id.size() - 2));
        expected = Sorted(expected);
      }
      EXPECT_EQ(Rows(view.rows), expected);
    }
  }
}

TEST_F(Upgrade, LeavesAFileThatIsOneOfSchema18InEveryRespect) {
  WriteLegacy();
  ASSERT_FALSE(Refusal());
  sqlite::Connection db(path(), sqlite::OpenMode::kReadOnly);
  AddUnicase(db);
  EXPECT_TRUE(HasSchema18(db));
  EXPECT_FALSE(HasSchema11(db));
  EXPECT_EQ(db.Text("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(db.Int("SELECT count(*) FROM sqlite_master WHERE type='index' AND sql IS NOT NULL"),
            16);
}

TEST_F(Upgrade, IsAllOrNothing) {
  WriteLegacy();
  SetColumn("models", "{");
  const auto before = Rows("SELECT json_array(ver, decks) FROM col");
  ExpectCorrupt();
  EXPECT_EQ(Rows("SELECT json_array(ver, decks) FROM col"), before);
  EXPECT_EQ(Rows("SELECT json_array(name) FROM sqlite_master WHERE name='notetypes'").size(), 0U);
}

TEST_F(Upgrade, ReadsOfEqualIdsTheLast) {
  WriteLegacy();
  sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
  db.Execute(
      "UPDATE col SET decks = json_set(decks, '$.77', json_set(json_extract(decks, '$.1'), "
      "'$.desc', 'second'))");
  ASSERT_FALSE(Refusal());
  EXPECT_EQ(Rows("SELECT json_array(id, name, instr(kind, CAST('second' AS BLOB))>0) FROM decks"),
            Texts{R"([1,"Default",1])"});
}

struct Hostile {
  std::string name;
  sqlite::Sql statements;
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

class HostileUpgrade : public Upgrade, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileUpgrade, IsRefused) {
  WriteLegacy();
  Change(GetParam().statements);
  ExpectCorrupt();
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileUpgrade,
    testing::Values(
        Hostile{"ColIsAView", "ALTER TABLE col RENAME TO x; CREATE VIEW col AS SELECT * FROM x"},
        Hostile{"GravesIsAView",
                "DROP TABLE graves; CREATE VIEW graves AS SELECT 1 usn, 2 oid, 3 type"},
        Hostile{"NoGraves", "DROP TABLE graves"},
        Hostile{"Schema18Inside", "UPDATE col SET ver=18"},
        Hostile{"TextVersion", "UPDATE col SET ver='11x'"},
        Hostile{"TwoCols",
                "INSERT INTO col SELECT 2,crt,mod,scm,ver,dty,usn,ls,conf,models,decks,"
                "dconf,tags FROM col"},
        Hostile{"ATableInTheWay", "CREATE TABLE decks (id integer PRIMARY KEY)"},
        Hostile{"AGraveyardInTheWay", "CREATE TABLE graves_of_schema_11 (x)"},
        Hostile{"ConfNoObject", "UPDATE col SET conf='[]'"},
        Hostile{"ConfTooDeep",
                "UPDATE col SET conf='{\"a\":' || replace(hex(zeroblob(150)),'00','[') "
                "|| replace(hex(zeroblob(150)),'00',']') || '}'"},
        Hostile{"ConfTooLargeANumber", "UPDATE col SET conf='{\"a\":1e999}'"},
        Hostile{"ConfNoUtf8", "UPDATE col SET conf=CAST(x'7B2261223A22FF227D' AS TEXT)"},
        Hostile{"ConfEmpty", "UPDATE col SET conf=''"},
        Hostile{"DecksNumber", "UPDATE col SET decks='1'"},
        Hostile{"DeckNull", "UPDATE col SET decks='{\"1\":null}'"},
        Hostile{"PresetKeyNoNumber", "UPDATE col SET dconf=replace(dconf,'\"1\":{','\"x\":{')"},
        Hostile{"TagUsnText", "UPDATE col SET tags='{\"a\":\"1\"}'"},
        Hostile{"TagUsnTooLarge", "UPDATE col SET tags='{\"a\":2147483648}'"},
        Hostile{"ModelsNotJson", "UPDATE col SET models='{\"1\":'"},
        Hostile{"AJsonBomb",
                "UPDATE col SET conf='{\"a\":[' || replace(hex(zeroblob(17000000)),'00','1,') || "
                "'1]}'"},
        Hostile{"ManyNamesakes",
                "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i+1 FROM n WHERE i<1000)"
                "UPDATE col SET decks=(SELECT json_group_object(i, json_set(json_extract(decks, "
                "'$.1'), '$.id', i)) FROM n)"}),
    [](const auto& test) { return test.param.name; });

TEST_F(Upgrade, IgnoresWhatRunsByItselfInAFile) {
  WriteLegacy();
  Change(
      "INSERT INTO graves VALUES (1,5,0),(1,6,9);"
      "CREATE TRIGGER t AFTER UPDATE ON col BEGIN DELETE FROM graves; END;"
      "CREATE VIEW v AS SELECT * FROM graves; CREATE INDEX mine ON graves (hex(oid))");
  ASSERT_FALSE(Refusal());
  EXPECT_EQ(Rows("SELECT json_array(oid,type,usn) FROM graves"), Texts{"[5,0,1]"})
      << "a deletion of something that nobody knows is none";
  EXPECT_EQ(
      Rows("SELECT json_array(name) FROM sqlite_master WHERE name IN ('t','v','mine')").size(), 0U);
}

// Time must not grow with the product of decks and cards.
TEST_F(Upgrade, LiftsTheCardsOfManyDecksInOnePass) {
  WriteLegacy();
  Change(
      "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i+1 FROM n WHERE i<3000) UPDATE col SET "
      "dconf=json_set(dconf, '$.1.new.initialFactor', 1300),"
      "decks=json_set(decks, '$.2', json('null'));"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) UPDATE col SET "
      "decks=(SELECT json_group_object(i, json_set(json_extract(decks, '$.1'), '$.id', i, "
      "'$.name', "
      "'D'||i)) FROM n);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<30000)"
      "INSERT INTO cards SELECT i,1,1+i%3000,0,1,1,2,2,1,1,1300,1,0,0,0,0,0,'' FROM n");
  int checks = 0;
  ASSERT_FALSE(CheckUpload(path(), kNow, [&checks] { return ++checks > 10'000; }));
  EXPECT_EQ(Rows("SELECT json_array(count(*)) FROM cards WHERE factor=2500 AND usn=11"),
            Texts{"[30000]"});
}

}  // namespace
}  // namespace ankisync
