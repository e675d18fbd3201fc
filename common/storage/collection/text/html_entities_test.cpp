// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/html_entities.h"

#include <gtest/gtest.h>

#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

TEST(HtmlEntities, AreDecodedByNameAndByNumber) {
  EXPECT_EQ(DecodeEntities("&lt;&copy;&#65;&#x1F600;&amp;nbsp;"), "<\u00a9A\U0001F600&nbsp;");
}

TEST(HtmlEntities, OneMalformedReferenceLeavesTheWholeTextAsItIs) {
  for (const std::string bad : {"&", "&x", "&;", "&#;", "&#x;", "&#-1;", "&#xD800;", "&#X41;",
                                "&#x110000;", "&#99999999999999999999;", "&apos;", "&LT;", "&lt"}) {
    const std::string text = "&lt;\u00a0" + bad;
    EXPECT_EQ(DecodeEntities(text), text);
  }
}

TEST(HtmlEntities, NoBreakSpacesBecomePlainOnlyWhereSomethingWasDecoded) {
  EXPECT_EQ(DecodeEntities("a\u00a0b"), "a\u00a0b");
  EXPECT_EQ(DecodeEntities("a\u00a0b&nbsp;&#160;&gt;"), "a b  >");
}

TEST(HtmlEntities, MegabytesOfAmpersandsAreReadOnce) {
  const std::string text = Repeated("&", 4'000'000) + ";";
  EXPECT_EQ(DecodeEntities(text), text);
  EXPECT_EQ(DecodeEntities(Repeated("&amp;", 1'000'000)), Repeated("&", 1'000'000));
}

}  // namespace
}  // namespace ankisync
