// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <map>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// protocol.json: sequence. Which calls may follow which.
namespace ankisync::sync {
namespace {

struct Departure {
  int last_status;
  const char* reason;
};

const std::map<std::string, Departure> kDepartures{
    {"meta ends the session", {200, "meta disturbs nobody"}},
    {"meta of unsupported version", {200, "meta disturbs nobody"}},
    {"sanity bad ends the transaction", {409, "and with it the session"}},
};

std::string Text(const json::Value& content) {
  return content.is(json::Kind::kString) ? std::string(content.text()) : Canonical(content);
}

TEST(Sequence, OfCallsIsAnsweredAsTheReferenceDoes) {
  const auto vectors = LoadVectors("protocol.json");
  const auto cases = At(vectors.root(), "sequence").items();
  ASSERT_EQ(cases.size(), 22U);
  for (const json::Value& c : cases) {
    const std::string note = TextAt(c, "note");
    SCOPED_TRACE(note);
    SyncServer server;
    server.Install("ada", CollectionFile::Base());
    Device device(server);
    const auto steps = At(c, "steps").items();
    const auto departure = kDepartures.find(note);
    for (const json::Value& step : steps) {
      const auto members = step.items();
      const std::string method(members[0].text());
      device.skey = members[1].text();
      const Answer answer = device.Call(method, Text(members[2]));
      const bool departs = departure != kDepartures.end() && &step == &steps.back();
      const int status =
          departs ? departure->second.last_status : std::stoi(std::string(members[3].text()));
      EXPECT_EQ(answer.status, status) << method;
      const bool is_comparable = answer.status == 200 && members[4].is(json::Kind::kString) &&
                                 method != "hostKey" && method != "finish" && !departs;
      if (is_comparable) {
        EXPECT_EQ(answer.text, members[4].text());
      }
      // Departure: where nothing changed here, no other device is woken for it.
      const bool has_changed = note == "applyChanges twice in a session echoes the first";
      if (method == "finish" && answer.status == 200) {
        EXPECT_EQ(answer.text, has_changed ? "1795500000000" : "1700000000000");
      }
    }
    // Departure: a download moves neither usn nor mod.
    const std::int64_t usn =
        note == "download ends the session" ? 10 : IntAt(At(c, "col_after"), "usn");
    EXPECT_EQ(server.Rows("ada", "SELECT json_array(usn, scm) FROM col"),
              std::vector<std::string>{'[' + std::to_string(usn) + ',' +
                                       Canonical(At(At(c, "col_after"), "scm")) + ']'});
  }
}

}  // namespace
}  // namespace ankisync::sync
