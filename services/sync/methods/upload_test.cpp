// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <map>

#include "common/codec/zstd_stream.h"
#include "common/storage/collection/upload_check.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// upload_limits.json: files that take the place of a collection, and files that must not.
namespace ankisync::sync {
namespace {

constexpr char kOneCard[] = "insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')";

// Departures: what the reference takes, and why we do not. After all of these it has lost what was
// there before, or its later syncs fail, or it no longer serves the user at all.
constexpr char kForeign[] = "it is no collection, and would replace one by an empty one";
constexpr char kDamaged[] = "its length is not that of its pages";
constexpr char kIncomplete[] = "what clients need is missing";
constexpr char kMislabelled[] = "no client sends a file of an intermediate schema";
const std::map<std::string, const char*> kRefused{
    {"empty body inside a zstd frame", kForeign},
    {"0 bytes, no zstd frame", kForeign},
    {"SQLite file without tables but user_version", kForeign},
    {"SQLite file with a foreign table", kForeign},
    {"SQLite file: col(ver=18) only", kForeign},
    {"media database", kForeign},
    {"UTF-16 database", kForeign},
    {"collection without its last byte", kDamaged},
    {"collection with trailing garbage page", kDamaged},
    {"collection with trailing garbage bytes", kDamaged},
    {"two col rows", kDamaged},
    {"col.usn -5", kDamaged},
    {"deck blob undecodable", kDamaged},
    {"config blob not JSON", kDamaged},
    {"deck 1 missing", kIncomplete},
    {"no notetypes", kIncomplete},
    {"legacy schema, empty models", kIncomplete},
    {"table tags dropped", kIncomplete},
    {"table revlog dropped", kIncomplete},
    {"cards is a view", kIncomplete},
    {"col.ver set to 15", kMislabelled},
    {"col.ver set to 16", kMislabelled},
    {"col.ver set to 17", kMislabelled},
};

// How old clients wrap their requests is common/protocol's business; here it is the file that
// counts.
TEST(Upload, ReplacesTheCollectionOrChangesNothing) {
  const auto vectors = LoadVectors("upload_limits.json");
  const auto cases = At(vectors.root(), "upload").items();
  ASSERT_EQ(cases.size(), 67U);
  std::size_t departures = 0;
  for (const json::Value& c : cases) {
    const std::string note = TextAt(c, "note");
    SCOPED_TRACE(note);
    SyncServer server;
    server.Install("ada", CollectionFile().Run(kOneCard).bytes());
    Device device(server);
    const bool is_empty = At(c, "file_gz_b64").is(json::Kind::kNull);
    const Answer answer =
        is_empty ? SyncServer::Read(device.Send("upload", "")) : device.Upload(FileIn(c));
    EXPECT_EQ(answer.status, IntAt(c, "status"));

    const bool departs = kRefused.contains(note);
    departures += departs;
    EXPECT_EQ(answer.text, departs ? kUploadCorrupt : TextAt(c, "text"));
    const auto meta = json::Document::Parse(device.Meta().text);
    if (departs || TextAt(c, "text") != "OK") {
      EXPECT_EQ(IntAt(meta.root(), "usn"), 10);
      EXPECT_FALSE(At(meta.root(), "empty").boolean()) << "the previous file is kept";
      EXPECT_EQ(server.events().back().outcome, SyncOutcome::kRefused);
      EXPECT_NE(server.events().back().reason, "");
      continue;
    }
    EXPECT_EQ(server.events().back().outcome, SyncOutcome::kOk);
    for (const char* member : {"mod", "scm", "usn", "empty"}) {
      EXPECT_EQ(Canonical(At(meta.root(), member)),
                Canonical(At(At(c, "meta_afterwards"), member)));
    }
  }
  EXPECT_EQ(departures, kRefused.size());
}

class Replacement : public testing::Test {
 protected:
  Replacement() { server.Install("ada", CollectionFile::Base()); }

  SyncServer server;
  Device device{server};
};

TEST_F(Replacement, CanBeSyncedWithAtOnceAndBeDownloaded) {
  const std::string file = CollectionFile().Run(kOneCard).Run("UPDATE col SET usn=5").bytes();
  EXPECT_EQ(device.Upload(file).text, "OK");
  device.Start(5);
  EXPECT_EQ(device.Call("sanityCheck2", R"({"client":[[0,0,0],1,0,0,0,1,1,1]})").text.substr(0, 14),
            R"({"status":"ok")");
  EXPECT_EQ(device.Finish().status, 200);
  CollectionFile downloaded(device.Call("download").text);
  EXPECT_EQ(downloaded.tables().col.Get().usn, Usn{6});
  EXPECT_TRUE(downloaded.tables().cards.Any());
}

TEST_F(Replacement, ForcesOtherDevicesWhenItsSchemaIsAnother) {
  const auto upload = [this](const char* change) {
    EXPECT_EQ(device.Upload(CollectionFile().Run(kOneCard).Run(change).bytes()).text, "OK");
  };
  upload("UPDATE col SET scm = 1");
  EXPECT_TRUE(server.forced().empty()) << "there was no card yet";
  upload("UPDATE col SET scm = 1, mod = mod + 1");
  EXPECT_TRUE(server.forced().empty());
  upload("UPDATE col SET scm = 2");
  EXPECT_EQ(server.forced(), std::vector{OneWayReason::kSchemaChanged});
}

TEST_F(Replacement, LosesWhatWouldLockThePersonOut) {
  EXPECT_EQ(device
                .Upload(CollectionFile()
                            .Run(kOneCard)
                            .Run("UPDATE cards SET usn=-1")
                            .Run("CREATE TRIGGER t AFTER INSERT ON revlog BEGIN DELETE FROM cards; "
                                 "END")
                            .bytes())
                .text,
            "OK");
  device.Start();
  device.ApplyChunk(R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})");
  EXPECT_EQ(device.Call("sanityCheck2", R"({"client":[[0,0,0],1,0,1,0,1,1,1]})").text.substr(0, 14),
            R"({"status":"ok")");
}

TEST_F(Replacement, ThatWasRefusedIsKeptForTheOperator) {
  EXPECT_EQ(device.Upload("fake data").text, kUploadCorrupt);
  std::ifstream kept(server.FolderOf("ada") / "refused-upload.anki2");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "fake data");
}

TEST_F(Replacement, EndsASessionAndASessionThatWasAnnouncedBefore) {
  Device phone(server, "ada", 2);
  phone.skey = "b";
  phone.Meta();
  device.Start();
  EXPECT_EQ(phone.Upload(CollectionFile::Base()).text, "OK");
  EXPECT_EQ(device.Call("chunk").status, 409);
  // What the phone's meta told is not true any more, whatever its usn says.
  EXPECT_EQ(phone.Start().status, 409);
  phone.Meta();
  EXPECT_EQ(phone.Start().status, 200);
}

TEST_F(Replacement, OfABodyThatIsDamagedOnTheWayChangesNothing) {
  std::string body = ZstdCompress(CollectionFile().Run(kOneCard).bytes());
  body.resize(body.size() / 2);
  EXPECT_EQ(SyncServer::Read(device.Send("upload", body)).status, 400);
  EXPECT_EQ(server.events().back().outcome, SyncOutcome::kRefused);
  EXPECT_FALSE(std::filesystem::exists(server.FolderOf("ada") / "collection.new"));
  EXPECT_EQ(device.Start().status, 200);
}

}  // namespace
}  // namespace ankisync::sync
