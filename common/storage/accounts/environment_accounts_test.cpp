// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/environment_accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/core/error.h"

namespace ankisync {
namespace {

using testing::HasSubstr;
using Values = std::map<std::string, std::string>;

EnvironmentAccounts Read(Values values) {
  return ReadEnvironmentAccounts(
      [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        if (found == values.end()) return std::nullopt;
        return found->second;
      });
}

std::vector<std::string> NamesOf(const EnvironmentAccounts& read) {
  std::vector<std::string> names;
  for (const auto& account : read.accounts) names.push_back(account.name);
  return names;
}

TEST(EnvironmentAccounts, AreReadUpToTheFirstVariableThatIsMissing) {
  EXPECT_THAT(NamesOf(Read({})), testing::IsEmpty());
  EXPECT_THAT(NamesOf(Read({{"SYNC_USER2", "b:x"}})), testing::IsEmpty());
  EXPECT_THAT(
      NamesOf(Read({{"SYNC_USER1", "a:x"}, {"SYNC_USER2", "é ü:x"}, {"SYNC_USER4", "d:x"}})),
      testing::ElementsAre("a", "é ü"));
}

TEST(EnvironmentAccounts, SplitAtTheFirstColon) {
  const auto read = Read({{"SYNC_USER1", "user:pass:with:colons"}});
  EXPECT_EQ(read.accounts[0].name, "user");
  EXPECT_TRUE(IsPlainPassword(read.accounts[0], "pass:with:colons"));
  EXPECT_FALSE(IsPlainPassword(read.accounts[0], "pass"));
}

TEST(EnvironmentAccounts, NamedTwiceCountOnce) {
  const auto read = Read({{"SYNC_USER1", "a:x"}, {"SYNC_USER2", "a:y"}});
  EXPECT_THAT(NamesOf(read), testing::ElementsAre("a"));
  EXPECT_THAT(read.warnings, testing::ElementsAre(HasSubstr("SYNC_USER2")));
  EXPECT_TRUE(IsPlainPassword(read.accounts[0], "x"));
}

TEST(EnvironmentAccounts, HoldHashesWhenPasswordsHashedIsSetToWhatever) {
  const std::string hash = "$pbkdf2-sha256$i=1,l=3$c2FsdA$YWJj";
  for (const char* set : {"", "1", "0", "false"}) {
    const auto read = Read({{"SYNC_USER1", "a:" + hash}, {"PASSWORDS_HASHED", set}});
    EXPECT_EQ(read.accounts[0].kind, EnvironmentAccount::Secret::kHashed);
    EXPECT_EQ(read.accounts[0].secret, hash);
  }
}

TEST(EnvironmentAccounts, ThatCannotBeMeantStopTheStartWithoutSayingThePassword) {
  for (const Values& values : {
           Values{{"SYNC_USER1", "a:x"}, {"SYNC_USER2", "geheim"}},
           Values{{"SYNC_USER1", "a:x"}, {"SYNC_USER2", ""}},
           Values{{"SYNC_USER1", "a:x"}, {"SYNC_USER2", ":geheim"}},
           Values{{"SYNC_USER1", "a:x"}, {"SYNC_USER2", "b:"}},
           Values{{"SYNC_USER1", "a:$pbkdf2-sha256$i=1$c2FsdA$YWJj"},
                  {"SYNC_USER2", "b:geheim"},
                  {"PASSWORDS_HASHED", ""}},
       }) {
    try {
      Read(values);
      FAIL() << values.at("SYNC_USER2");
    } catch (const SyncError& error) {
      EXPECT_THAT(error.what(), testing::StartsWith("SYNC_USER2: "));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("geheim")));
    }
  }
}

}  // namespace
}  // namespace ankisync
