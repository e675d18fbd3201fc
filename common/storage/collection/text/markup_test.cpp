// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/markup.h"

#include <gtest/gtest.h>

#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

TEST(Markup, GoesAndLeavesTheTextBetween) {
  EXPECT_EQ(RemoveMarkup("a<b>c</b>d"), "acd");
  EXPECT_EQ(RemoveMarkup("<<>>"), ">");
  EXPECT_EQ(RemoveMarkup("1 < 2"), "1 < 2");
}

TEST(Markup, ElementsGoWithTheirContentUnlessTheyDoNotEnd) {
  EXPECT_EQ(RemoveMarkup("a<style x>b</style>c"), "ac");
  EXPECT_EQ(RemoveMarkup("a<ſcript>b</SCRIPT>c"), "ac");
  EXPECT_EQ(RemoveMarkup("a<style>b</script>c"), "abc");
  EXPECT_EQ(RemoveMarkup("a<script>b</style>c<script>d</script>e"), "ae");
}

TEST(Markup, AnUnterminatedCommentIsATag) {
  EXPECT_EQ(RemoveMarkup("<!-->x-->y"), "y");
  EXPECT_EQ(RemoveMarkup("<!-- a > b"), " b");
  EXPECT_EQ(RemoveMarkup("<!-- a --><!-- b > c"), " c");
}

// Each of these would take hours if a search began anew at every '<'.
TEST(Markup, OfSeveralMegabytesThatNeverEndIsReadOnce) {
  constexpr std::size_t kTimes = 1'000'000;
  for (const std::string text : {"<!--", "<style", "<script", "<", "-", "</style", "<ſtyle"}) {
    EXPECT_EQ(RemoveMarkup(Repeated(text, kTimes)), Repeated(text, kTimes)) << text;
  }
  EXPECT_EQ(RemoveMarkup(Repeated("<style>a", kTimes)), Repeated("a", kTimes));
  EXPECT_EQ(RemoveMarkup(Repeated("<script>", kTimes) + "</style>"), "");
  EXPECT_EQ(RemoveMarkup(Repeated("<!-->", kTimes)), "");
  EXPECT_EQ(RemoveMarkup(Repeated("<!--", kTimes) + ">"), "");
}

}  // namespace
}  // namespace ankisync
