// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"

// What the log and the metrics learn of syncs.
namespace ankisync::sync {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr char kOneReview[] = R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})";
constexpr char kOtherCounts[] = R"({"client":[[0,0,0],3,0,1,0,1,1,1]})";

class ToldSyncs : public testing::Test {
 protected:
  ToldSyncs() { server.Install("ada", CollectionFile::Base()); }

  // The one event; every attempt that began has ended.
  SyncEvent Only() const {
    const auto events = server.events();
    EXPECT_THAT(events, SizeIs(1));
    EXPECT_EQ(server.started(), static_cast<int>(events.size()));
    return events.empty() ? SyncEvent() : events.back();
  }

  SyncServer server;
  Device laptop{server, "ada", 1};
  Device phone{server, "ada", 2};
};

TEST_F(ToldSyncs, ANormalSyncIsToldOnceWithWhatWentEachWay) {
  laptop.Start();
  laptop.Call("applyGraves", R"({"chunk":{"cards":[1,2],"notes":[3],"decks":[]}})");
  laptop.ApplyChanges(Changes({.decks = DeckJson({20, "D", 100}), .tags = "\"t\""}));
  laptop.ApplyChunk(kOneReview);
  server.clock().Advance(std::chrono::seconds(3));
  EXPECT_EQ(laptop.Finish().status, 200);
  SyncEvent event = Only();
  EXPECT_EQ(event.outcome, SyncOutcome::kOk);
  EXPECT_EQ(event.kind, SyncKind::kNormal);
  EXPECT_EQ(event.user, "ada");
  EXPECT_EQ(event.client, "test");
  EXPECT_EQ(event.method, "finish");
  EXPECT_EQ(event.duration, std::chrono::seconds(3));
  EXPECT_EQ(event.traffic.received[ObjectKind::kGrave], 3U);
  EXPECT_EQ(event.traffic.received[ObjectKind::kDeck], 1U);
  EXPECT_EQ(event.traffic.received[ObjectKind::kTag], 1U);
  EXPECT_EQ(event.traffic.received[ObjectKind::kRevlog], 1U);
  EXPECT_EQ(event.traffic.received.all_objects(), 6U);
  EXPECT_GT(event.traffic.received.bytes, std::string_view(kOneReview).size());
}

TEST_F(ToldSyncs, WhatIsSentIsCountedByKind) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  laptop.Finish();
  phone.Start(10, true);
  phone.ApplyChanges();
  const std::string chunk = phone.Call("chunk").text;
  phone.Finish();
  SyncEvent event = server.events().back();
  EXPECT_EQ(event.traffic.sent[ObjectKind::kRevlog], 1U);
  EXPECT_GT(event.traffic.sent.bytes, chunk.size());
}

TEST_F(ToldSyncs, ARequestThatCannotBeReadEndsNoSync) {
  laptop.Start();
  const std::string of_other_shape = R"({"models":[],"decks":[[{"id":1}],[]],"tags":[]})";
  EXPECT_EQ(laptop.ApplyChanges(of_other_shape).status, 400);
  EXPECT_THAT(server.events(), SizeIs(0)) << "only read, nothing done: the session goes on";
  EXPECT_THAT(server.refusals(), SizeIs(1));
  EXPECT_EQ(laptop.Finish().status, 200);
  EXPECT_EQ(Only().outcome, SyncOutcome::kOk);
}

TEST_F(ToldSyncs, ASanityCheckThatFailsSaysWhatDiffersAndIsKeptForTheOperator) {
  for (int i = 0; i < 25; ++i) {
    laptop.Start();
    laptop.Call("sanityCheck2", kOtherCounts);
  }
  EXPECT_THAT(server.events().back().reason, HasSubstr("cards 3 there, 0 here, revlog 1 there"));
  EXPECT_EQ(server.differences().front(), SanityField::kCards);
  EXPECT_THAT(server.differences(), SizeIs(25 * 2));
  sqlite::Connection state(server.FolderOf("ada") / "state.db", sqlite::OpenMode::kReadWrite);
  EXPECT_EQ(state.Int("SELECT count(*) FROM sanity_failures"), 20);
  EXPECT_THAT(state.Text("SELECT difference FROM sanity_failures"), HasSubstr("cards 3 there"));
}

TEST_F(ToldSyncs, AStepThatFailsIsToldOnceWithTheRequestThatDidIt) {
  laptop.Start();
  const std::string notetype_of_other_fields =
      NotetypeJson({1000, "N", 2'000'000'000}, {"Only"}, 1);
  EXPECT_EQ(laptop.ApplyChanges(Changes({.models = notetype_of_other_fields})).status, 400);
  EXPECT_EQ(Only().outcome, SyncOutcome::kError);
  EXPECT_EQ(Only().method, "applyChanges");
  EXPECT_THAT(Only().reason, HasSubstr("notetype 1000"));
  EXPECT_THAT(server.refusals(), SizeIs(0)) << "one line, not two";
}

TEST_F(ToldSyncs, AStartThatIsRefusedIsAnAttemptThatFailed) {
  EXPECT_EQ(laptop.Call("start", "{}").status, 400);
  EXPECT_EQ(Only().outcome, SyncOutcome::kRefused);
  EXPECT_THAT(server.refusals(), SizeIs(0)) << "one line, not two";
}

TEST_F(ToldSyncs, AMetaThatStopsTheClientIsAnAttemptThatFailed) {
  server.Hold("ada", "Your account is being moved.");
  laptop.Meta();
  const SyncEvent event = Only();
  EXPECT_EQ(event.outcome, SyncOutcome::kRefused);
  EXPECT_EQ(event.reason, "Your account is being moved.");
  EXPECT_EQ(event.method, "meta");
}

TEST_F(ToldSyncs, AnUploadIsToldOnceWithItsSize) {
  const std::string file = CollectionFile::Base();
  laptop.Upload(file);
  EXPECT_EQ(Only().traffic.received.bytes, file.size());
  EXPECT_EQ(Only().kind, SyncKind::kUpload);
}

TEST_F(ToldSyncs, ADownloadIsToldWhenTheClientHasTheFile) {
  const std::string file = laptop.Call("download").text;
  EXPECT_EQ(Only().outcome, SyncOutcome::kOk);
  EXPECT_EQ(Only().traffic.sent.bytes, file.size());
}

TEST_F(ToldSyncs, ADownloadThatIsCutIsNoSuccess) {
  { const http::Answer unread = laptop.Send("download", ""); }
  EXPECT_NE(Only().outcome, SyncOutcome::kOk);
}

TEST_F(ToldSyncs, WhatAServerCutsThatStopsIsTold) {
  laptop.Start();
  laptop.ApplyChunk(kOneReview);
  server.collections().CloseAll();
  const SyncEvent event = Only();
  EXPECT_EQ(event.outcome, SyncOutcome::kIdle);
  EXPECT_EQ(event.reason, "the server stopped");
  EXPECT_EQ(event.traffic.received.all_objects(), 1U);
}

}  // namespace
}  // namespace ankisync::sync
