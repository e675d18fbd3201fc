// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/legacy/downgrade.h"

#include "common/core/error.h"
#include "common/storage/collection/legacy/test_collections.h"
#include "common/storage/collection/upload_check.h"

namespace ankisync {
namespace {

class Downgrade : public CollectionTest {
 protected:
  void WriteCase(const json::Value& c) const {
    WriteBase();
    sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
    AddUnicase(db);
    for (const json::Value& statement : c.Find("statements")->items()) Run(db, statement);
  }

  // A JSON column of `col`.
  json::Document Column(const std::string& name) const {
    sqlite::Connection db(path(), sqlite::OpenMode::kReadOnly);
    return json::Document::Parse(name == "conf"     ? db.Text("SELECT conf FROM col")
                                 : name == "models" ? db.Text("SELECT models FROM col")
                                 : name == "decks"  ? db.Text("SELECT decks FROM col")
                                 : name == "dconf"  ? db.Text("SELECT dconf FROM col")
                                                    : db.Text("SELECT tags FROM col"));
  }
};

// Keys in one order, numbers in one spelling.
std::string Canonical(const json::Value& value) {
  if (value.is(json::Kind::kArray)) {
    std::string text = "[";
    for (const json::Value& item : value.items()) text += Canonical(item) + ',';
    return text + ']';
  }
  if (!value.is(json::Kind::kObject)) return Normalised(value);
  std::map<std::string, std::string> members;
  for (const json::Member& member : value.members())
    members[std::string(member.key)] = Canonical(member.value);
  std::string text = "{";
  for (const auto& [key, member] : members) text += key + ':' + member + ",\n";
  return text + '}';
}

TEST_F(Downgrade, MakesOfSchema18WhatTheReferenceMakes) {
  const auto vectors = LoadVectors("schema_conversion.json");
  const auto cases = vectors.root().Find("downgrade_18_to_11")->items();
  ASSERT_EQ(cases.size(), 6U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(c.Find("note")->text());
    WriteCase(c);
    if (!c.Find("col_json")) {
      try {
        DowngradeToSchema11(path());
        ADD_FAILURE() << "an undecodable row was written";
      } catch (const SyncError& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInternal);  // the reference's 500
      }
      continue;
    }
    DowngradeToSchema11(path());
    for (const char* name : {"conf", "models", "decks", "dconf", "tags"}) {
      EXPECT_EQ(Canonical(Column(name).root()), Canonical(*c.Find("col_json")->Find(name))) << name;
    }
    EXPECT_EQ(Rows("SELECT json_array(type,name) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"),
              Lines(*c.Find("tables")));
    EXPECT_EQ(Rows("SELECT json_array(usn,oid,type) FROM graves"), Lines(*c.Find("graves")));
    EXPECT_EQ(Rows("SELECT json_array(id,data) FROM cards"), Lines(*c.Find("cards_data")));
    EXPECT_EQ(Rows("SELECT json_array(ver,mod,scm,usn) FROM col"),
              std::vector<std::string>{"[11,1700000000000,1700000000000,10]"});
  }
}

TEST_F(Downgrade, LeavesOneFileThatOldSqliteReadsWithoutUnicase) {
  WriteBase();
  DowngradeToSchema11(path());
  const std::string file = *ReadFile(path(), 10'000'000);
  EXPECT_EQ(file.substr(18, 2), "\x01\x01") << "rollback journal";
  for (const char* suffix : {"-wal", "-shm", "-journal"})
    EXPECT_FALSE(std::filesystem::exists(path().string() + suffix)) << suffix;
  sqlite::Connection db(path(), sqlite::OpenMode::kReadOnly);  // no collation
  EXPECT_EQ(db.Text("PRAGMA integrity_check"), "ok");
  EXPECT_TRUE(HasSchema11(db));
}

TEST_F(Downgrade, CanBeUpgradedToWhatItWas) {
  const auto vectors = LoadVectors("schema_conversion.json");
  WriteCase(vectors.root().Find("downgrade_18_to_11")->items()[1]);  // tags, graves, card data
  const auto all = [this] {
    std::vector<std::vector<std::string>> tables;
    tables.push_back(Rows("SELECT json_array(id,name,mtime_secs,usn,hex(config)) FROM notetypes"));
    tables.push_back(Rows("SELECT json_array(ntid,ord,name,hex(config)) FROM fields"));
    tables.push_back(Rows("SELECT json_array(ntid,ord,name,hex(config)) FROM templates"));
    tables.push_back(
        Rows("SELECT json_array(id,name,mtime_secs,usn,hex(common),hex(kind)) FROM decks"));
    tables.push_back(
        Rows("SELECT json_array(id,name,mtime_secs,usn,hex(config)) FROM deck_config"));
    tables.push_back(Rows("SELECT json_array(KEY,hex(val)) FROM config"));
    tables.push_back(Rows("SELECT json_array(oid,type,usn) FROM graves"));
    tables.push_back(Rows("SELECT json_array(tag,usn) FROM tags"));
    tables.push_back(Rows("SELECT json_array(id,data) FROM cards"));
    tables.push_back(Rows("SELECT json_array(crt,mod,scm,ver,usn,ls,conf,models) FROM col"));
    return tables;
  };
  const auto before = all();
  DowngradeToSchema11(path());
  ASSERT_FALSE(CheckUpload(path(), UnixMillis{1'795'500'000'000}));
  EXPECT_EQ(all(), before);
}

}  // namespace
}  // namespace ankisync
