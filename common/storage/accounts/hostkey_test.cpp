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

TEST(Hostkey, BucketOfANameIsTheSameForEver) {
  // The first 16 bits of the SHA-256 (`printf ada | sha256sum`), modulo 1024.
  EXPECT_EQ(BucketOf("ada"), 494U);
  EXPECT_EQ(BucketOf("é ü"), 563U);
}

}  // namespace
}  // namespace ankisync
