// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <utility>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// notes_cards_day.json: a session on a new day brings buried cards back. upload_limits.json: the
// server's time zone.
namespace ankisync::sync {
namespace {

constexpr sqlite::Sql kCards = "SELECT json_array(id, type, queue, due, mod, usn) FROM cards";
constexpr sqlite::Sql kLastUnburied =
    "SELECT json_array(CAST(val AS TEXT), usn, mtime_secs) FROM config WHERE KEY='lastUnburied'";
constexpr sqlite::Sql kRollover =
    "SELECT json_array(CAST(val AS TEXT), usn, mtime_secs) FROM config WHERE KEY='rollover'";

void SetConfig(CollectionFile& file, const json::Value& config) {
  for (const json::Member& member : config.members()) {
    const std::string key(member.key);
    if (member.value.is(json::Kind::kNull)) {
      file.Run("DELETE FROM config WHERE KEY=?", {key});
    } else {
      file.Run("INSERT OR REPLACE INTO config VALUES (?,0,0,CAST(? AS BLOB))",
               {key, std::string(member.value.text())});
    }
  }
}

// Cards of every type, buried in both ways and not.
void AddCards(CollectionFile& file) {
  for (int type = 0; type < 4; ++type) {
    const int unburied = type == 2 ? 2 : 0;
    const std::pair<int, std::int64_t> queues_and_dues[] = {
        {-2, 5},       {-3, 2'000'000'000}, {-1, 5},
        {unburied, 5}, {-2, 1'000'000'000}, {-3, 1'000'000'001}};
    int id = 100 + 10 * type;
    for (const auto& [queue, due] : queues_and_dues) {
      file.Run("INSERT INTO cards VALUES (" + std::to_string(id++) + ",5,1,0,50,3," +
               std::to_string(type) + ',' + std::to_string(queue) + ',' + std::to_string(due) +
               ",1,2500,1,0,0,0,0,0,'{}')");
    }
  }
}

SyncServer::Settings Beginning(std::int64_t seconds) {
  SyncServer::Settings settings;
  settings.now = static_cast<UnixMillis>(seconds * 1000);
  return settings;
}

TEST(Day, BuriedCardsComeBackAsTheReferenceDoesIt) {
  const auto vectors = LoadVectors("notes_cards_day.json");
  const auto cases = At(vectors.root(), "unbury").items();
  ASSERT_EQ(cases.size(), 60U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note") + ", crt " + std::to_string(IntAt(c, "crt")));
    CollectionFile file;
    SetConfig(file, At(c, "config"));
    AddCards(file);
    file.Run("UPDATE col SET crt=" + std::to_string(IntAt(c, "crt")));
    SyncServer server(Beginning(IntAt(c, "server_time")));
    server.Install("ada", file.bytes());
    Device device(server);
    EXPECT_EQ(device.Start().status, IntAt(c, "status"));
    // It is not a change: the modification time stays, and no device is woken for it.
    EXPECT_EQ(device.Finish().text, "1700000000000");
    EXPECT_EQ(server.Rows("ada", kLastUnburied), CanonicalItems(At(c, "last_unburied")));
    EXPECT_EQ(server.Rows("ada", kRollover), CanonicalItems(At(c, "rollover")));
    const json::Value& cards = At(c, "cards_after");
    if (cards.is(json::Kind::kNull)) continue;
    EXPECT_EQ(server.Rows("ada", kCards), CanonicalItems(cards));
  }
}

// Departure: the reference lets a new collection begin at 04:00 of its own time zone, ours in UTC
// whatever the zone of the machine.
TEST(Day, TheServersTimeZoneNeverMatters) {
  const auto vectors = LoadVectors("upload_limits.json");
  const auto cases = At(vectors.root(), "time_zone").items();
  ASSERT_EQ(cases.size(), 9U);
  for (const json::Value& c : cases) {
    const auto members = c.items();
    const std::string zone(members[0].text());
    SCOPED_TRACE(zone + ' ' + Canonical(members[1]));
    const std::string outer_zone = ::getenv("TZ") ? ::getenv("TZ") : "";
    ::setenv("TZ", zone.c_str(), 1);
    ::tzset();
    SyncServer server(Beginning(std::stoll(std::string(members[2].text()))));
    Device device(server);
    if (members[1].is(json::Kind::kObject)) {
      CollectionFile file;
      if (members[1].members().empty()) file.Run("DELETE FROM config WHERE KEY='creationOffset'");
      server.Install("ada", file.bytes());
      device.Start();
      device.Finish();
      EXPECT_EQ(server.Rows("ada", "SELECT CAST(val AS TEXT) FROM config WHERE KEY='lastUnburied'"),
                std::vector<std::string>{std::string(members[3].text())});
    } else {
      device.Meta();
      EXPECT_EQ(server.Rows("ada", "SELECT crt FROM col"), std::vector<std::string>{"1795492800"});
      EXPECT_EQ(server.Rows("ada",
                            "SELECT json_array(CAST(val AS TEXT)) FROM config WHERE "
                            "KEY='creationOffset'"),
                CanonicalItems(members[4]));
    }
    outer_zone.empty() ? ::unsetenv("TZ") : ::setenv("TZ", outer_zone.c_str(), 1);
    ::tzset();
  }
}

}  // namespace
}  // namespace ankisync::sync
