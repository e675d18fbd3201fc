// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/password_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr Argon2Cost kCheap{.passes = 1, .memory_bytes = 64 << 10};

// Of "pass", by the official server.
constexpr char kOfficial[] =
    "$pbkdf2-sha256$i=600000,l=32$tonuvYGpksNFQBlEmm3lxg$oQ1sqlkoU7Qn72xNoIq+"
    "NHyW3yOOER8EZ6mIJiv5GYc";
// Of "pass", by Python's hashlib.pbkdf2_hmac('sha512', …, b'saltsalt', 1000).
constexpr char kSha512[] =
    "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHQ$fZO1bnUhvQ7pwKKeVHdf95youQU8WtI0BLKUU9jH+oF59JtyVq/"
    "e30qktNmyFnGb+0bm7fQem/8GHfRTki3g1g";

TEST(PasswordHash, OfOursIsArgon2idSaltedAndVerifies) {
  const auto stored = HashPassword("geheim", kCheap);
  EXPECT_THAT(stored, testing::StartsWith("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_NE(HashPassword("geheim", kCheap), stored);
  EXPECT_TRUE(VerifyPassword(stored, "geheim"));
  for (const auto* wrong : {"", "geheim ", "Geheim", "geheimgeheim"})
    EXPECT_FALSE(VerifyPassword(stored, wrong)) << wrong;
}

TEST(PasswordHash, OfOtherServersVerifies) {
  const auto python = HashOfPythonServer(
      "alice", "5b94f3e870165d65d20308f52d65b4068dd73edc7f6c65ae63e80e5957acc0440011223344556677");
  EXPECT_TRUE(VerifyPassword(python, "secret"));
  EXPECT_FALSE(VerifyPassword(python, "secre"));
  EXPECT_TRUE(VerifyPassword(kOfficial, "pass"));
  EXPECT_FALSE(VerifyPassword(kOfficial, "Pass"));
  EXPECT_TRUE(VerifyPassword(kSha512, "pass"));
  EXPECT_FALSE(VerifyPassword(kSha512, ""));
}

TEST(PasswordHash, OfADecoyIsOneAtTheSameCostAndVerifiesNothing) {
  const auto decoy = DecoyHash(kCheap);
  EXPECT_FALSE(IsOutdated(decoy, kCheap));
  EXPECT_FALSE(VerifyPassword(decoy, ""));
  EXPECT_EQ(decoy.size(), HashPassword("geheim", kCheap).size());
}

TEST(PasswordHash, OfAnotherKindOrCostIsOutdated) {
  const auto stored = HashPassword("geheim", kCheap);
  EXPECT_FALSE(IsOutdated(stored, kCheap));
  EXPECT_TRUE(IsOutdated(stored, {.passes = 2, .memory_bytes = kCheap.memory_bytes}));
  EXPECT_TRUE(IsOutdated(kOfficial, kCheap));
}

TEST(PasswordHash, IsToldFromWhatIsNone) {
  for (const char* stored :
       {kOfficial, kSha512, "$pbkdf2-sha256$l=32,i=1$$YWJj",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_TRUE(IsPasswordHash(stored)) << stored;
  for (const char* stored :
       {"", "pass", "$", "$$$$", "$pbkdf2-sha256$i=0,l=32$c2FsdA$YWJj",
        "$pbkdf2-sha256$i=x$c2FsdA$YWJj", "$pbkdf2-sha256$c2FsdA$YWJj",
        "$pbkdf2-sha1$i=1000$c2FsdA$YWJj", "$pbkdf2-sha256$i=1000$c2FsdA$",
        "$pbkdf2-sha256$i=1000$c2Fs*A$YWJj", "$pbkdf2-sha256$i=99999999999$c2FsdA$YWJj",
        "$argon2id$v=19$m=64", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=4$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$ankisyncd$YQ$00", "$ankisyncd$YQ"}) {
    EXPECT_FALSE(IsPasswordHash(stored)) << stored;
    EXPECT_THROW(VerifyPassword(stored, ""), SyncError) << stored;
  }
}

TEST(PasswordHash, ThatMemoryDoesNotSufficeForIsUnavailableAndNotWrong) {
  try {
    VerifyPassword(
        "$argon2id$v=19$m=4294967296,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "pass");
    FAIL() << "verified with 4 TiB of memory";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace ankisync
