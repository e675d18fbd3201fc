// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "common/sqlite/test_sql.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// What may happen to a session between `start` and `finish`, and who learns of it.
namespace ankisync::sync {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr char kOneReview[] = R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})";
constexpr char kBaseMod[] = "1700000000000";
constexpr sqlite::Sql kReviews = "SELECT id FROM revlog ORDER BY id";
constexpr sqlite::Sql kUsn = "SELECT usn FROM col";

class SessionLife : public testing::Test {
 protected:
  SessionLife() {
    server.Install("ada", CollectionFile::Base());
    phone.skey = "p";
  }

  SyncOutcome LastOutcome() const { return server.events().back().outcome; }
  std::size_t Reviews() const { return server.Rows("ada", kReviews).size(); }
  std::string Usn() const { return server.Rows("ada", kUsn).at(0); }
  std::string Now() { return std::to_string(Raw(server.clock().Now())); }

  void SyncOneReview(Device& device, int usn, int id) {
    device.Start(usn);
    device.ApplyChunk("{\"revlog\":[[" + std::to_string(id) + ",5,10,1,1,1,1,1,1]]}");
    EXPECT_EQ(device.Finish().status, 200);
  }

  SyncServer server;
  Device laptop{server, "ada", 1};
  Device phone{server, "ada", 2};
};

TEST_F(SessionLife, FinishCommitsAndNothingBeforeItDoes) {
  laptop.Start();
  EXPECT_EQ(laptop.ApplyChunk(kOneReview).status, 200);
  EXPECT_EQ(Reviews(), 0U);
  EXPECT_EQ(laptop.Finish().text, Now());
  EXPECT_EQ(Reviews(), 1U);
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(mod, usn, ls) FROM col").at(0),
            '[' + Now() + ",11," + Now() + ']');
  EXPECT_EQ(LastOutcome(), SyncOutcome::kOk);
  EXPECT_EQ(server.events().back().traffic.received.all_objects(), 1U);
}

TEST_F(SessionLife, FinishKeepsTheModificationTimeWhereNothingChangedHere) {
  laptop.Start();
  EXPECT_EQ(laptop.Finish().text, kBaseMod);
  EXPECT_EQ(Usn(), "11") << "the client counts one itself";
}

TEST_F(SessionLife, AChangeIsLaterThanAnyBeforeWhateverTheClockDid) {
  SyncOneReview(laptop, 10, 1);
  const std::int64_t first = Raw(server.clock().Now());
  server.clock().Advance(-hours(1));
  laptop.Start(11);
  laptop.ApplyChunk(R"({"revlog":[[2,5,11,1,1,1,1,1,1]]})");
  EXPECT_EQ(laptop.Finish().text, std::to_string(first + 1));
}

TEST_F(SessionLife, ASyncWhoseLastAnswerWasLostIsRepeatedWithoutHarm) {
  const std::string everything =
      R"({"revlog":[[1,5,10,1,1,1,1,1,1]],"cards":[[7,5,1,0,100,10,0,0,1,1,2500,1,0,0,0,0,0,""]],)"
      R"("notes":[[5,"g",1000,100,10,"","F\u001f","","",0,""]]})";
  const std::string objects = Changes({.models = NotetypeJson({800, "N", 100}),
                                       .decks = DeckJson({20, "D", 100}),
                                       .presets = PresetJson({30, "P", 100}),
                                       .tags = "\"t\""});
  const auto sync = [&] {
    laptop.Start(10);
    laptop.Call("applyGraves", R"({"chunk":{"cards":[9],"decks":[],"notes":[]}})");
    EXPECT_EQ(laptop.ApplyChanges(objects).status, 200);
    laptop.ApplyChunk(everything);
    EXPECT_EQ(
        laptop.Call("sanityCheck2", R"({"client":[[0,0,0],1,1,1,0,2,2,2]})").text.substr(0, 14),
        R"({"status":"ok")");
    return laptop.Finish().text;
  };
  const std::string mod = sync();
  server.clock().Advance(minutes(1));
  EXPECT_EQ(sync(), mod) << "nothing changed a second time";
}

TEST_F(SessionLife, TheLaterOfTwoDevicesGoesOnAndTheOtherOneIsTold) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  phone.Start();
  EXPECT_EQ(LastOutcome(), SyncOutcome::kSuperseded);
  EXPECT_EQ(laptop.ApplyChunk(kOneReview).status, 409);
  EXPECT_EQ(laptop.Finish().status, 409);
  EXPECT_EQ(phone.Finish().status, 200);
  EXPECT_EQ(Reviews(), 0U);
}

TEST_F(SessionLife, AFullSyncEndsIt) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  EXPECT_EQ(phone.Call("download").status, 200);
  EXPECT_EQ(laptop.Call("chunk").status, 409);
  EXPECT_EQ(server.events().front().outcome, SyncOutcome::kSuperseded);
  EXPECT_EQ(LastOutcome(), SyncOutcome::kOk);
  EXPECT_EQ(Usn(), "10");
}

// A client that cancels sends another session key; a device that meets another one's session sends
// abort, too, and would end it.
TEST_F(SessionLife, AbortEndsThatOfTheSameDeviceAlone) {
  laptop.Start();
  EXPECT_EQ(phone.Call("abort").status, 200);
  EXPECT_EQ(laptop.Call("chunk").status, 200);
  laptop.skey = "cancelled";
  EXPECT_EQ(laptop.Call("abort").status, 200);
  EXPECT_EQ(LastOutcome(), SyncOutcome::kAborted);
  laptop.skey = "a";
  EXPECT_EQ(laptop.Call("chunk").status, 409);
}

TEST_F(SessionLife, AStartThatIsRefusedLeavesTheOtherDevicesSession) {
  phone.Meta();
  EXPECT_EQ(laptop.Upload(CollectionFile::Base()).text, "OK");
  laptop.Start();
  EXPECT_EQ(phone.Start().status, 409);
  EXPECT_EQ(LastOutcome(), SyncOutcome::kConflict);
  EXPECT_EQ(laptop.Finish().status, 200);
}

// The phone finished between the laptop's meta and its start: the laptop's configuration is not the
// newest any more, but its objects are as good as ever.
TEST_F(SessionLife, OneThatWasOvertakenTakesObjectsAndNoConfiguration) {
  laptop.Meta();
  phone.Start(10, true);
  phone.ApplyChanges(Changes({.more = R"(,"conf":{"by":"phone"},"crt":5)"}));
  phone.Finish();
  laptop.Start(10, true);
  const auto answer = json::Document::Parse(
      laptop.ApplyChanges(Changes({.tags = "\"t\"", .more = R"(,"conf":{"by":"laptop"},"crt":6)"}))
          .text);
  EXPECT_EQ(Canonical(At(At(answer.root(), "conf"), "by")), "\"phone\"");
  EXPECT_EQ(IntAt(answer.root(), "crt"), 5);
  EXPECT_EQ(laptop.Finish().status, 200);
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(crt, usn) FROM col").at(0), "[5,12]");
  // What is stored bears the server's usn, not the one that the laptop knew: the phone gets it.
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(tag, usn) FROM tags").at(0), R"(["t",11])");
}

TEST_F(SessionLife, ARequestThatCannotBeReadChangesNothingOfIt) {
  laptop.Start();
  EXPECT_EQ(laptop.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1],[2,"x"]]})").status, 400);
  EXPECT_EQ(laptop.ApplyChunk(R"({"revlog":[[3,5,10,1,1,1,1,1,1]]})").status, 200);
  EXPECT_EQ(laptop.Call("sanityCheck2", R"({"client":[[0,0,0],0,0,1,0,1,1,1]})").text.substr(0, 14),
            R"({"status":"ok")");
  laptop.Finish();
  EXPECT_EQ(server.Rows("ada", kReviews), std::vector<std::string>{"3"});
}

TEST_F(SessionLife, OneThatContradictsTheCollectionIsRolledBackAndTold) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  EXPECT_EQ(laptop.ApplyChunk(R"({"notes":[[7,"g",999,5,10,"","F","","",0,""]]})").status, 400);
  EXPECT_EQ(LastOutcome(), SyncOutcome::kError);
  EXPECT_EQ(server.events().back().reason, "note 7: its notetype is missing");
  EXPECT_EQ(laptop.Finish().status, 409);
  EXPECT_EQ(Reviews(), 0U);
}

// It is ours to remember and may be lost; a sync that was committed is one.
TEST_F(SessionLife, ACommitStandsThoughItsCountsCannotBeRemembered) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  sqlite::Connection state(server.FolderOf("ada") / "state.db", sqlite::OpenMode::kReadWrite);
  sqlite::RunTestSql(state, "DROP TABLE counts");
  EXPECT_EQ(laptop.Finish().text, Now());
  const auto meta = json::Document::Parse(phone.Meta().text);
  EXPECT_EQ(IntAt(meta.root(), "usn"), 11);
  SyncOneReview(phone, 11, 2);
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(id, usn) FROM revlog ORDER BY id"),
            (std::vector<std::string>{"[1,10]", "[2,11]"}));
}

// While a collection is in use nothing else would empty the WAL.
TEST_F(SessionLife, AGreatOneGoesIntoTheFileAtOnce) {
  constexpr std::uint64_t kNoteBytes = std::uint64_t{1} << 20;
  laptop.Start();
  for (int id = 1; id <= 20; ++id) {
    laptop.ApplyChunk("{\"notes\":[[" + std::to_string(id) + ",\"g\",1000,5,10,\"\",\"" +
                      std::string(kNoteBytes, 'x') + "\\u001f\",\"\",\"\",0,\"\"]]}");
  }
  EXPECT_EQ(laptop.Finish().status, 200);
  EXPECT_GT(std::filesystem::file_size(server.FolderOf("ada") / "collection.anki2"),
            20 * kNoteBytes);
}

// Served as an empty one it would make every device upload, or delete what it has.
TEST(BrokenCollection, IsNeverServedAsAnEmptyOne) {
  SyncServer server;
  server.Install("ada", CollectionFile().Run("DELETE FROM col").bytes());
  Device device(server);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(device.Meta().status, 500);
    EXPECT_EQ(device.Start().status, 500);
  }
}

}  // namespace
}  // namespace ankisync::sync
