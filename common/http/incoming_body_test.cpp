// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/incoming_body.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "common/core/error.h"

namespace ankisync::http {
namespace {

std::string TextOf(const Body& body) {
  const auto source = body.Open();
  std::string text;
  char bytes[1000];
  while (const std::size_t count = source->Read(bytes)) text.append(bytes, count);
  return text;
}

class IncomingBodyTest : public testing::Test {
 protected:
  BodySpace space_{.memory = std::make_shared<Budget>(1000),
                   .spool = std::make_shared<Budget>(1'000'000),
                   .folder = testing::TempDir(),
                   .memory_bytes_max = 600};
};

TEST_F(IncomingBodyTest, ASmallBodyStaysInMemoryAndGivesItsRoomBack) {
  {
    IncomingBody incoming(space_);
    ASSERT_TRUE(incoming.Expect(600));
    ASSERT_TRUE(incoming.Append(std::string(600, 'x')));
    const Body body = incoming.Finish();
    ASSERT_NE(body.in_memory(), nullptr);
    EXPECT_EQ(TextOf(body), std::string(600, 'x'));
    EXPECT_EQ(TextOf(body), std::string(600, 'x')) << "a second reading";
    EXPECT_EQ(space_.memory->taken(), 600U);
    EXPECT_EQ(space_.spool->taken(), 0U);
  }
  EXPECT_EQ(space_.memory->taken(), 0U);
}

TEST_F(IncomingBodyTest, ABodyThatGrowsPastTheBoundMovesToAFile) {
  IncomingBody incoming(space_);
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    ASSERT_TRUE(incoming.Append(piece));
    all += piece;
  }
  const Body body = incoming.Finish();
  EXPECT_EQ(body.in_memory(), nullptr);
  EXPECT_EQ(body.size(), all.size());
  EXPECT_EQ(TextOf(body), all);
  EXPECT_EQ(space_.memory->taken(), 0U);
}

TEST_F(IncomingBodyTest, AnAllowedBodyIsLargerInMemoryWhileHalfOfItIsFree) {
  for (const auto& [taken, is_in_memory] : {std::pair(499U, true), std::pair(500U, false)}) {
    ASSERT_TRUE(space_.memory->TryTake(taken));
    {
      space_.memory_bytes_max = 100;
      IncomingBody incoming(space_);
      incoming.AllowInMemory(300);
      ASSERT_TRUE(incoming.Append(std::string(300, 'x')));
      const Body body = incoming.Finish();
      EXPECT_EQ(body.in_memory() != nullptr, is_in_memory) << taken;
      EXPECT_EQ(TextOf(body), std::string(300, 'x'));
    }
    space_.memory->Return(taken);
  }
}

TEST_F(IncomingBodyTest, ABodyWithoutRoomInTheMemoryBudgetGoesToAFileHoweverSmall) {
  ASSERT_TRUE(space_.memory->TryTake(999));
  IncomingBody incoming(space_);
  ASSERT_TRUE(incoming.Expect(2));
  ASSERT_TRUE(incoming.Append("a"));
  ASSERT_TRUE(incoming.Append("b"));
  const Body body = incoming.Finish();
  EXPECT_EQ(body.in_memory(), nullptr);
  EXPECT_EQ(TextOf(body), "ab");
}

TEST_F(IncomingBodyTest, TheSpoolsRoomIsTakenUntilTheLastHolderOfTheFileLetsGo) {
  Body body;
  {
    IncomingBody incoming(space_);
    ASSERT_TRUE(incoming.Expect(1000));
    EXPECT_EQ(space_.spool->taken(), 1000U) << "at once, before any byte";
    ASSERT_TRUE(incoming.Append(std::string(1000, 'x')));
    body = incoming.Finish();
  }
  EXPECT_EQ(space_.spool->taken(), 1000U);
  body = Body();
  EXPECT_EQ(space_.spool->taken(), 0U);
}

TEST_F(IncomingBodyTest, APartOfABodyIsReadWhereverItIs) {
  for (const std::size_t size : {std::size_t{500}, std::size_t{700}}) {
    IncomingBody incoming(space_);
    ASSERT_TRUE(incoming.Append(std::string(size - 3, 'x') + "abc"));
    const Body body = incoming.Finish();
    char bytes[10];
    const auto part = body.Open(size - 2, 2);
    EXPECT_EQ(part->size(), 2U);
    ASSERT_EQ(part->Read(bytes), 2U);
    EXPECT_EQ(std::string_view(bytes, 2), "bc");
    EXPECT_EQ(part->Read(bytes), 0U);
  }
}

TEST_F(IncomingBodyTest, WithoutRoomInTheSpoolItSaysSo) {
  ASSERT_TRUE(space_.spool->TryTake(999'000));
  IncomingBody stated(space_);
  EXPECT_FALSE(stated.Expect(1001));
  IncomingBody growing(space_);
  EXPECT_TRUE(growing.Append(std::string(600, 'x')));
  EXPECT_TRUE(growing.Append(std::string(400, 'x')));
  EXPECT_FALSE(growing.Append("x"));
}

TEST_F(IncomingBodyTest, AFolderThatIsGoneIsAnError) {
  space_.folder = "/nowhere";
  IncomingBody incoming(space_);
  EXPECT_THROW(incoming.Expect(1000), SyncError);
}

TEST_F(IncomingBodyTest, ADiskThatIsFullIsAnError) {
  space_.memory = std::make_shared<Budget>(1 << 20);
  IncomingBody incoming(space_);
  ASSERT_TRUE(incoming.Expect(200'000));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{100'000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &full);
  EXPECT_THROW(
      {
        for (int i = 0; i < 50; ++i) incoming.Append(std::string(4000, 'x'));
        incoming.Finish();
      },
      SyncError);
  ::setrlimit(RLIMIT_FSIZE, &before);
}

}  // namespace
}  // namespace ankisync::http
