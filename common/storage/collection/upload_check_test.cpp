// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/upload_check.h"

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/new_collection.h"
#include "common/storage/collection/schema.h"
#include "common/storage/collection/test_folder.h"

namespace ankisync {
namespace {

constexpr UnixMillis kNow{1'795'500'000'000};

class UploadedFile : public TestFolder {
 protected:
  void SetUp() override {
    TestFolder::SetUp();
    CreateCollection(path(), kNow);
  }
  std::filesystem::path path() const { return folder() / "collection.new"; }

  void Change(sqlite::Sql statements) {
    sqlite::Connection db(path(), sqlite::OpenMode::kReadWrite);
    AddUnicase(db);
    db.Script(statements);
  }

  void ExpectRefused() {
    const auto refusal = CheckUpload(path(), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->sentence, kUploadCorrupt);
    EXPECT_NE(refusal->detail, "");
  }
};

TEST_F(UploadedFile, LosesTriggersViewsForeignIndexesAndMarksThatWouldLockThePersonOut) {
  Change(
      "CREATE TRIGGER t AFTER UPDATE ON cards BEGIN SELECT 1; END;"
      "CREATE VIEW \"odd \"\"name\" AS SELECT 1; CREATE INDEX mine ON cards (hex(data)); DROP "
      "INDEX ix_cards_usn;"
      "INSERT INTO tags(tag, usn, collapsed) VALUES ('x', -1, 0); UPDATE decks SET usn=-1");
  ASSERT_FALSE(CheckUpload(path(), kNow));
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-wal"));
  Collection collection(path());
  EXPECT_FALSE(collection.AnyUnsent());
  EXPECT_FALSE(collection.db.Any(
      "SELECT 1 FROM sqlite_master WHERE type IN ('trigger','view') OR name='mine'"));
  EXPECT_TRUE(collection.db.Any("SELECT 1 FROM sqlite_master WHERE name='ix_cards_usn'"));
}

TEST_F(UploadedFile, MayHaveTablesThatWeDoNotKnow) {
  Change("CREATE TABLE android_metadata (locale TEXT); ANALYZE");
  EXPECT_FALSE(CheckUpload(path(), kNow));
}

TEST_F(UploadedFile, HasNoCheckOfItsTablesAsked) {
  Change(
      "CREATE TABLE x (a CHECK (length(hex(zeroblob(a))) > 0)); PRAGMA ignore_check_constraints=on;"
      "INSERT INTO x VALUES (900000000)");
  EXPECT_FALSE(CheckUpload(path(), kNow));
}

struct Damage {
  std::string name;
  sqlite::Sql statements;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedFile : public UploadedFile, public testing::WithParamInterface<Damage> {};

TEST_P(DamagedFile, IsRefused) {
  Change(GetParam().statements);
  ExpectRefused();
}

INSTANTIATE_TEST_SUITE_P(
    Contents, DamagedFile,
    testing::Values(
        Damage{"NoCol", "DROP TABLE col"}, Damage{"EmptyCol", "DELETE FROM col"},
        Damage{"TwoCols",
               "INSERT INTO col SELECT 2,crt,mod,scm,ver,dty,usn,ls,'','','','','' FROM col"},
        Damage{"Schema17", "UPDATE col SET ver=17"}, Damage{"NegativeUsn", "UPDATE col SET usn=-1"},
        Damage{"TextMod", "UPDATE col SET mod='soon'"},
        Damage{"TextVersion", "UPDATE col SET ver='18x'"}, Damage{"NoTags", "DROP TABLE tags"},
        Damage{"OtherColumns", "ALTER TABLE cards ADD COLUMN extra"},
        Damage{"ForeignComputedColumn", "CREATE TABLE x (a, b NOT NULL AS (hex(a)))"},
        Damage{"ComputedColumn", "ALTER TABLE cards ADD COLUMN x AS (hex(data))"},
        Damage{"ViewForATable",
               "DROP TABLE tags; CREATE VIEW tags AS SELECT 1 tag, 2 usn, 3 collapsed, 4 config"},
        Damage{"NoDefaultDeck", "DELETE FROM decks"}, Damage{"NoNotetype", "DELETE FROM notetypes"},
        Damage{"DeckBlob", "UPDATE decks SET kind=x'FF'"},
        Damage{"DeckBlobOfAnImpossibleUsn", "UPDATE decks SET kind=x'FF', usn=-7"},
        Damage{"NoPrimaryKey",
               "DROP TABLE graves; CREATE TABLE graves (oid integer NOT NULL, type integer NOT "
               "NULL, usn integer NOT NULL)"},
        Damage{"FieldBlob", "UPDATE fields SET config=x'08'"},
        Damage{"ConfigNoJson", "INSERT INTO config VALUES ('k',0,0,x'7B')"},
        Damage{"ConfigText", "INSERT INTO config VALUES ('k',0,0,'1')"},
        Damage{"SameNameTwice",
               "DROP INDEX idx_decks_name; INSERT INTO decks SELECT 2,name,0,0,common,kind FROM "
               "decks"}),
    [](const auto& test) { return test.param.name; });

TEST_F(UploadedFile, IsRefusedWhenCutLengthenedEmptyOrForeign) {
  const std::string whole = *ReadFile(path(), 10'000'000);
  for (const std::string& content :
       {std::string(), std::string("fake data"), whole.substr(0, whole.size() - 1), whole + "x",
        whole + std::string(4096, '\0'), whole.substr(0, 4096)}) {
    std::filesystem::remove(path());
    WriteFileAtomically(path(), content);
    ExpectRefused();
  }
}

TEST_F(UploadedFile, IsGivenUpWhenItsCheckTakesTooLong) {
  Change(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000)"
      "INSERT INTO revlog SELECT i,1,0,1,1,1,1,1,1 FROM n");
  EXPECT_THROW(CheckUpload(path(), kNow, [] { return true; }), SyncError);
  EXPECT_FALSE(CheckUpload(path(), kNow, [] { return false; }));
}

}  // namespace
}  // namespace ankisync
