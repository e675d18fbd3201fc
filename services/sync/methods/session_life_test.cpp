// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// What may happen to a session between `start` and `finish`, and who learns of it.
namespace ankisync::sync {
namespace {

constexpr char kOneReview[] = R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})";
constexpr sqlite::Sql kColUsn = "SELECT json_array(usn) FROM col";
constexpr sqlite::Sql kReviews = "SELECT json_array(id) FROM revlog ORDER BY id";

class SessionLife : public testing::Test {
 protected:
  SessionLife() { server.Install("ada", CollectionFile::Base()); }

  SyncOutcome LastOutcome() const { return server.events().back().outcome; }

  SyncServer server;
  Device laptop{server, "ada", 1};
  Device phone{server, "ada", 2};
};

TEST_F(SessionLife, FinishCommitsAndAnythingBeforeItDoesNot) {
  laptop.Start();
  EXPECT_EQ(laptop.ApplyChunk(kOneReview).status, 200);
  EXPECT_EQ(server.Rows("ada", kReviews).size(), 0U);
  EXPECT_EQ(laptop.Finish().text, std::to_string(Raw(SyncServer::kNow)));
  EXPECT_EQ(server.Rows("ada", kReviews).size(), 1U);
  EXPECT_EQ(server.Rows("ada", kColUsn), std::vector<std::string>{"[11]"});
  EXPECT_EQ(LastOutcome(), SyncOutcome::kOk);
}

}  // namespace
}  // namespace ankisync::sync
