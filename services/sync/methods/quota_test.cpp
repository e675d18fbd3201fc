// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

namespace ankisync::sync {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kNote[] = R"({"notes":[[5,"guid",1000,9,-1,"","front\u001fback","","",0,""]]})";
constexpr char kReview[] = R"({"revlog":[[1,5,10,1,1,1,1,1,1]]})";

// An account whose quota is what its collection takes now.
class QuotaTest : public testing::Test {
 protected:
  QuotaTest() {
    server.Install("ada", CollectionFile::Base());
    server.SetCollectionQuota(1);
    device.Start();
  }

  std::string Message() {
    const auto meta = json::Document::Parse(device.Meta().text);
    goes_on = At(meta.root(), "cont").boolean();
    return TextAt(meta.root(), "msg");
  }
  std::size_t Notes() const { return server.Rows("ada", "SELECT id FROM notes").size(); }

  SyncServer server;
  Device device{server};
  bool goes_on = false;
};

TEST_F(QuotaTest, NewNotesBeyondItAreRefusedAndMetaTellsWhyForAMinute) {
  ASSERT_EQ(device.ApplyChunk(kNote).status, 200);
  EXPECT_EQ(device.Finish().status, 503);
  EXPECT_EQ(Notes(), 0U);
  EXPECT_THAT(Message(), HasSubstr("and you have 1 bytes on this server"));
  EXPECT_FALSE(goes_on);
  EXPECT_EQ(server.quota_refusals(), 1);
  server.clock().Advance(seconds(61));
  EXPECT_THAT(Message(), HasSubstr("Nothing new is taken"));
  EXPECT_TRUE(goes_on) << "how else could anything be deleted";
  EXPECT_EQ(server.quota_refusals(), 1);
}

TEST_F(QuotaTest, ReviewsAndDeletionsAreTaken) {
  ASSERT_EQ(device.ApplyChunk(kReview).status, 200);
  EXPECT_EQ(device.Call("applyGraves", R"({"chunk":{"cards":[],"notes":[5],"decks":[]}})").status,
            200);
  EXPECT_EQ(device.Finish().status, 200);
  EXPECT_THAT(Message(), HasSubstr("Nothing new is taken"));
  EXPECT_TRUE(goes_on);
}

TEST_F(QuotaTest, AnUploadBeyondItIsRefusedWithTheNumbersUnlessItIsNoLargerThanWhatIsThere) {
  const std::string large = CollectionFile()
                                .Run(
                                    "insert into config values ('x', 0, 0,"
                                    " cast('\"' || hex(zeroblob(50000)) || '\"' as blob))")
                                .bytes();
  EXPECT_THAT(device.Upload(large).text, HasSubstr("you have 1 bytes on this server"));
  EXPECT_EQ(server.events().back().reason, "over the quota");
  EXPECT_EQ(device.Upload(CollectionFile::Base()).text, "OK");
  EXPECT_EQ(server.quota_refusals(), 1);
  server.SetCollectionQuota(10'000'000);
  EXPECT_EQ(device.Upload(large).text, "OK");
}

TEST_F(QuotaTest, WhoHasRoomReadsNothing) {
  server.SetCollectionQuota(10'000'000);
  EXPECT_EQ(Message(), "");
  ASSERT_EQ(device.ApplyChunk(kNote).status, 200);
  EXPECT_EQ(device.Finish().status, 200);
  EXPECT_EQ(Notes(), 1U);
}

}  // namespace
}  // namespace ankisync::sync
