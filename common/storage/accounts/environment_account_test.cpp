// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/environment_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

using Secret = EnvironmentAccount::Secret;

TEST(EnvironmentAccount, MayHaveAnyPasswordOrAHash) {
  EXPECT_NO_THROW(
      CheckEnvironmentAccount({"SYNC_USER1", "é ü", "pass:with:colons", Secret::kPlain}));
  EXPECT_NO_THROW(CheckEnvironmentAccount(
      {"SYNC_USER1", "ada", "$pbkdf2-sha256$i=1,l=3$c2FsdA$YWJj", Secret::kHashed}));
}

TEST(EnvironmentAccount, ThatCannotBeMeantIsRefusedWithoutSayingItsPassword) {
  for (const EnvironmentAccount& account :
       {EnvironmentAccount{"SYNC_USER2", "", "geheim", Secret::kPlain},
        EnvironmentAccount{"SYNC_USER2", "a\nb", "geheim", Secret::kPlain},
        EnvironmentAccount{"SYNC_USER2", "ada", "geheim", Secret::kHashed}}) {
    try {
      CheckEnvironmentAccount(account);
      FAIL() << account.name;
    } catch (const SyncError& error) {
      EXPECT_THAT(error.what(), testing::StartsWith("SYNC_USER2: "));
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("geheim")));
    }
  }
}

TEST(EnvironmentAccount, TakesItsWholePasswordAndNothingElse) {
  const EnvironmentAccount ada{"SYNC_USER1", "ada", "pass:word", Secret::kPlain};
  EXPECT_TRUE(IsPlainPassword(ada, "pass:word"));
  for (const char* wrong : {"", "pass", "pass:word ", "Pass:word"})
    EXPECT_FALSE(IsPlainPassword(ada, wrong)) << wrong;
}

}  // namespace
}  // namespace ankisync
