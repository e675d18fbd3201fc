// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// merge.json: the configuration and the collection's creation, which belong to the newer side.
namespace ankisync::sync {
namespace {

constexpr sqlite::Sql kConfig =
    "SELECT json_array(KEY, usn, mtime_secs, CAST(val AS TEXT)) FROM config ORDER BY KEY";
constexpr sqlite::Sql kCrt = "SELECT crt FROM col";

const StandIns kStandIns{{"NOW", "1795500000"}, {"TODAY", "\"1106\""}};

// Departures: a value that is no JSON, or stored as text, is left out of what we send; the
// reference then fails with 400, at every sync.
bool IsLeftOut(const std::string& note) {
  return note == "stored value is not JSON, server sends conf" ||
         note == "stored value is TEXT, server sends conf";
}

std::vector<std::string> KeysOf(const json::Value& object) {
  std::vector<std::string> keys;
  for (const json::Member& member : object.members())
    keys.push_back(Quoted(std::string(member.key)));
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST(Config, IsReplacedOrSentAsTheReferenceDoes) {
  const auto vectors = LoadVectors("merge.json");
  const auto cases = At(vectors.root(), "config").items();
  ASSERT_EQ(cases.size(), 16U);
  for (const json::Value& c : cases) {
    const std::string note = TextAt(c, "note");
    SCOPED_TRACE(note);
    CollectionFile file;
    file.RunAll(At(c, "before"));
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(10, At(c, "lnewer").boolean());
    std::string more;
    const auto add = [&more](const std::string& key, const json::Value& json) {
      if (!json.is(json::Kind::kNull)) more += ",\"" + key + "\":" + std::string(json.text());
    };
    add("conf", At(c, "sent_conf"));
    add("crt", At(c, "sent_crt"));
    const Answer answer = device.ApplyChanges(Changes({.more = more}));
    device.Finish();

    if (IsLeftOut(note)) {
      EXPECT_EQ(answer.status, 200);
      const auto ours = json::Document::Parse(answer.text);
      EXPECT_EQ(At(ours.root(), "conf").Find("bad"), nullptr);
      EXPECT_EQ(At(ours.root(), "conf").members().size(), 18U);
      continue;
    }
    EXPECT_EQ(answer.status, IntAt(c, "status"));
    if (answer.status != 200) continue;
    const auto ours = json::Document::Parse(answer.text);
    EXPECT_EQ(KeysOf(ours.root()), CanonicalItems(At(c, "answer_keys")));
    EXPECT_EQ(server.Rows("ada", kCrt), std::vector<std::string>{Canonical(At(c, "crt_after"))});

    auto expected = CanonicalItems(At(c, "config_after"), kStandIns);
    if (note == "server newer, nothing sent") {
      // Departure: the reference marks every row as sent, which nobody ever reads.
      for (std::string& row : expected) {
        const bool is_ours =
            row.starts_with("[\"lastUnburied\"") || row.starts_with("[\"rollover\"");
        if (is_ours) row.replace(row.find(",0,"), 3, ",10,");
      }
    }
    EXPECT_EQ(server.Rows("ada", kConfig), expected);
  }
}

class Configuration : public testing::Test {
 protected:
  Configuration() { server.Install("ada", CollectionFile::Base()); }

  std::string ConfSent() {
    device.Start(10, false);
    const auto answer = json::Document::Parse(device.ApplyChanges().text);
    device.Finish();
    return Canonical(At(answer.root(), "conf"));
  }

  SyncServer server;
  Device device{server};
};

TEST_F(Configuration, ThatEqualsOursIsNoChange) {
  const std::string conf = ConfSent();
  server.clock().Advance(std::chrono::hours(1));
  device.Start(11, true);
  EXPECT_EQ(device.ApplyChanges(Changes({.more = ",\"conf\":" + conf})).status, 200);
  EXPECT_EQ(device.Finish().text, "1700000000000");
}

TEST_F(Configuration, ThatDiffersInOurOwnBookkeepingAloneIsNoChange) {
  std::string conf = ConfSent();
  conf.replace(conf.find("\"lastUnburied\":1106,"), 20, "");
  device.Start(11, true);
  EXPECT_EQ(device.ApplyChanges(Changes({.more = ",\"conf\":" + conf})).status, 200);
  EXPECT_EQ(device.Finish().text, "1700000000000");
  EXPECT_EQ(server.Rows("ada", "SELECT count(*) FROM config WHERE KEY='lastUnburied'"),
            std::vector<std::string>{"0"});
}

TEST_F(Configuration, ThatDiffersIsAChangeAndReachesTheOtherDevice) {
  device.Start(10, true);
  device.ApplyChanges(Changes({.more = R"(,"conf":{"mine":[1,2]},"crt":5)"}));
  EXPECT_EQ(device.Finish().text, std::to_string(Raw(SyncServer::kNow)));
  Device other(server, "ada", 2);
  other.Start(10, false);
  const auto answer = json::Document::Parse(other.ApplyChanges().text);
  EXPECT_EQ(Canonical(*At(answer.root(), "conf").Find("mine")), "[1,2]");
  EXPECT_EQ(IntAt(answer.root(), "crt"), 5);
}

}  // namespace
}  // namespace ankisync::sync
