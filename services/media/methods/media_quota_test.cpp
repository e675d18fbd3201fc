// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/methods/media_quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/codec/json_value.h"
#include "common/core/temporary_folder.h"
#include "services/media/methods/testing/media_server.h"

namespace ankisync::media::testing {
namespace {

using ::testing::HasSubstr;

class MediaQuotaTest : public ::testing::Test {
 protected:
  // "err", where nothing else was answered.
  std::string RefusalOf(const Files& files) {
    const Answer answer = server_.Call("uploadChanges", UploadZip(files));
    EXPECT_EQ(answer.status, 200);
    const auto document = json::Document::Parse(answer.body);
    EXPECT_TRUE(document.root().Find("data")->is(json::Kind::kNull)) << answer.body;
    return std::string(document.root().Find("err")->text());
  }
  MediaIndex::Totals Totals() { return server_.MediaOf()->index().totals(); }

  const TemporaryFolder folder_;
  MediaServer server_{folder_.path()};
};

TEST_F(MediaQuotaTest, TakesWhatHasRoomAndTellsTheRestInASentence) {
  server_.quota = {.media_bytes_max = 10};
  EXPECT_EQ(server_.Upload({{"a", "12345"}, {"b", "12345"}, {"c", "1"}}), "[2,2]");
  EXPECT_FALSE(server_.events().back().has_no_room) << "the client sends c again, and is told";
  EXPECT_THAT(RefusalOf({{"c", "1"}}), HasSubstr("10 bytes of 10 bytes"));
  EXPECT_TRUE(server_.events().back().has_no_room);
  EXPECT_EQ(Totals().files, 2);
}

TEST_F(MediaQuotaTest, WhatStandsBeforeTheFirstThatHasNoRoomIsTaken) {
  server_.quota = {.media_files_max = 2};
  EXPECT_EQ(server_.Upload({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", std::nullopt}}), "[2,2]");
  EXPECT_THAT(RefusalOf({{"c", "3"}, {"d", std::nullopt}}), HasSubstr("there are 2 of 2"));
}

TEST_F(MediaQuotaTest, DeletionsAreAlwaysTakenAndMakeRoom) {
  server_.Upload({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  server_.quota = {.media_files_max = 1};
  EXPECT_THAT(RefusalOf({{"new", "4"}, {"a", std::nullopt}}), HasSubstr("there are 2 of 1"));
  EXPECT_EQ(Totals().files, 2) << "the deletion behind the refused file";
  EXPECT_EQ(server_.Upload({{"b", std::nullopt}, {"c", std::nullopt}, {"new", "4"}}), "[3,7]");
  EXPECT_EQ(Totals().files, 1);
}

TEST_F(MediaQuotaTest, WhatMakesNothingLargerIsTaken) {
  server_.Upload({{"a", "12345"}, {"b", "12345"}});
  server_.quota = {.media_bytes_max = 5, .media_files_max = 1};
  EXPECT_EQ(server_.Upload({{"a", "12345"}}), "[1,2]") << "the same once more";
  EXPECT_EQ(server_.Upload({{"a", "54321"}, {"b", "1"}}), "[2,4]") << "no larger";
  EXPECT_THAT(RefusalOf({{"b", "123456"}}), HasSubstr("6 bytes of 5 bytes"));
}

}  // namespace
}  // namespace ankisync::media::testing
