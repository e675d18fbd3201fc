// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/hostkey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(Hostkey, NamesBucketAndAccountAndIsNeverTheSameTwice) {
  const std::string key = NewHostkey("ada", AccountId{42});
  EXPECT_THAT(key, testing::MatchesRegex("[0-9]+\\.42\\.[0-9a-f]+"));
  EXPECT_EQ(key.size() - key.rfind('.') - 1, 64U);
  EXPECT_NE(NewHostkey("ada", AccountId{42}), key);
}

TEST(Hostkey, SaysWhereItsUserLives) {
  const auto parts = PartsOf(NewHostkey("ada", AccountId{42}));
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->bucket, BucketOf("ada"));
  EXPECT_EQ(parts->account, AccountId{42});
}

TEST(Hostkey, OfAnotherServerSaysNothing) {
  const std::string secret(64, 'a');
  for (const std::string& key : std::initializer_list<std::string>{
           "", secret, "6f1ed002ab5595859014ebf0951522d9", "1024.42." + secret, "1.-42." + secret,
           "1.0." + secret, "1.42." + secret + "a", "1.42x." + secret, "." + secret, "..",
           "1.42"}) {
    EXPECT_FALSE(PartsOf(key)) << key;
  }
}

TEST(Hostkey, BucketOfANameIsTheSameForEver) {
  // The first 16 bits of the SHA-256 (`printf ada | sha256sum`), modulo 1024.
  EXPECT_EQ(BucketOf("ada"), 494U);
  EXPECT_EQ(BucketOf("é ü"), 563U);
}

}  // namespace
}  // namespace ankisync
