// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// merge.json: tags.
namespace ankisync::sync {
namespace {

std::vector<std::string> Sorted(std::vector<std::string> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(Tags, AreMergedAsTheReferenceDoes) {
  const auto vectors = LoadVectors("merge.json");
  const auto cases = At(vectors.root(), "tags").items();
  ASSERT_EQ(cases.size(), 15U);
  for (const json::Value& c : cases) {
    SCOPED_TRACE(TextAt(c, "note"));
    CollectionFile file;
    for (const json::Value& tag : At(c, "before").items()) {
      const auto columns = tag.items();
      file.Run("INSERT INTO tags(tag, usn, collapsed) VALUES (?,?,?)",
               {std::string(columns[0].text()), std::string(columns[1].text()),
                std::string(columns[2].text())});
    }
    SyncServer server;
    server.Install("ada", file.bytes());
    Device device(server);
    device.Start(static_cast<int>(IntAt(c, "min_usn")));
    const json::Value& sent = At(c, "sent");
    const Answer answer = device.ApplyChanges(
        R"({"models":[],"decks":[[],[]])" +
        (sent.is(json::Kind::kNull) ? "" : ",\"tags\":" + Canonical(sent)) + '}');
    EXPECT_EQ(answer.status, IntAt(c, "status"));
    device.Finish();
    if (answer.status != 200) continue;
    const auto ours = json::Document::Parse(answer.text);
    EXPECT_EQ(Sorted(CanonicalItems(At(ours.root(), "tags"))),
              Sorted(CanonicalItems(At(c, "answer_tags"))));
    EXPECT_EQ(Sorted(server.Rows("ada", "SELECT json_array(tag, usn, collapsed) FROM tags")),
              Sorted(CanonicalItems(At(c, "after"))));
  }
}

}  // namespace
}  // namespace ankisync::sync
