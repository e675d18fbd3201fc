// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/hash.h"

#include <gtest/gtest.h>

#include "common/core/random_token.h"

namespace ankisync {
namespace {

TEST(Hash, Sha1AndSha256OfAKnownTextAreThePublishedOnes) {
  EXPECT_EQ(Hex(Sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, PiecesHashLikeTheWhole) {
  Sha1Hasher hasher;
  hasher.Update("a");
  hasher.Update("bc");
  EXPECT_EQ(hasher.Finish(), Sha1("abc"));
}

TEST(Hash, EqualInConstantTimeComparesLengthAndContent) {
  EXPECT_TRUE(EqualInConstantTime("key", "key"));
  EXPECT_FALSE(EqualInConstantTime("key", "kez"));
  EXPECT_FALSE(EqualInConstantTime("key", "keys"));
}

TEST(RandomToken, HasTheAskedLengthAndDoesNotRepeat) {
  EXPECT_EQ(RandomToken(32).size(), 64U);
  EXPECT_NE(RandomToken(32), RandomToken(32));
}

}  // namespace
}  // namespace ankisync
