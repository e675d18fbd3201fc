// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Origin = Accounts::Origin;

template <typename Action>
std::string Refusal(Action&& action) {
  try {
    action();
  } catch (const SyncError& error) {
    return error.what();
  }
  return "";
}

std::vector<EnvironmentAccount> Environment(std::vector<std::string> names) {
  std::vector<EnvironmentAccount> named;
  for (auto& name : names) {
    named.push_back({"SYNC_USER" + std::to_string(named.size() + 1), std::move(name), "geheim",
                     EnvironmentAccount::Secret::kPlain});
  }
  return named;
}

class AccountsTest : public testing::Test {
 protected:
  Accounts::Added AddAgain(std::string_view name) {
    return accounts().Add(name, HashPassword("anders", kCheapHash));
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& account : accounts().List())
      names.push_back(account.name + " " + NameOf(account.state));
    return names;
  }
  int LiveDevices(AccountId account) {
    int live = 0;
    for (const auto& device : program_.devices.List(account)) live += device.revoked ? 0 : 1;
    return live;
  }
  Accounts& accounts() { return program_.accounts; }

  TestVolume test_;
  TestProgram program_{test_.volume};
};

TEST_F(AccountsTest, AnAddedAccountIsFoundByItsExactName) {
  const Account ada = program_.Add("ada");
  EXPECT_EQ(ada.folder, "ada");
  EXPECT_EQ(ada.source, AccountSource::kDatabase);
  EXPECT_EQ(ada.state, AccountState::kEnabled);
  EXPECT_EQ(ada.created, program_.clock.Now());
  EXPECT_EQ(accounts().Find("ada")->id, ada.id);
  for (const char* other : {"Ada", "ada ", "", "ad"}) EXPECT_FALSE(accounts().Find(other)) << other;
  EXPECT_THAT(Refusal([&] { program_.Add("ada"); }), HasSubstr("already"));
  EXPECT_NE(Refusal([&] { program_.Add("a\nb"); }), "");
}

TEST_F(AccountsTest, NoTwoAccountsShareAFolderOnAnyFileSystem) {
  EXPECT_EQ(program_.Add("ada").folder, "ada");
  EXPECT_EQ(program_.Add("Ada").folder, "Ada%~2");
  accounts().Rename("ada", "eva");
  EXPECT_EQ(program_.Add("ada").folder, "ada%~3");
  EXPECT_EQ(program_.Add("../ada").folder, "%2E.%2Fada");
}

TEST_F(AccountsTest, OnlyHashesAreEverStored) {
  EXPECT_NE(Refusal([&] { accounts().Add("ada", "geheim"); }), "");
  EXPECT_FALSE(accounts().Find("ada"));
}

TEST_F(AccountsTest, ANewPasswordLogsDevicesOutOnlyWhenAsked) {
  const Account ada = program_.Add("ada");
  program_.devices.Register(ada.id, "key", {});
  const auto hash = HashPassword("neu", kCheapHash);
  accounts().SetPassword("ada", hash, Accounts::ThenDevices::kStay);
  EXPECT_EQ(accounts().Find("ada")->password_hash, hash);
  EXPECT_EQ(LiveDevices(ada.id), 1);
  accounts().SetPassword("ada", hash, Accounts::ThenDevices::kAreRevoked);
  EXPECT_EQ(LiveDevices(ada.id), 0);
}

TEST_F(AccountsTest, ARehashDoesNotUndoANewPassword) {
  const Account as_read = program_.Add("ada");
  const auto fresh = HashPassword("neu", kCheapHash);
  accounts().SetPassword("ada", fresh, Accounts::ThenDevices::kStay);
  accounts().Rehash(as_read, HashPassword("geheim", kCheapHash));
  EXPECT_EQ(accounts().Find("ada")->password_hash, fresh);
}

TEST_F(AccountsTest, ADeletedAccountKeepsItsDataForWhenItIsAddedAgain) {
  const Account ada = program_.Add("ada");
  program_.devices.Register(ada.id, "key", {});
  program_.holds.Place(ada.id, "maintenance", "Later, please.");
  accounts().Delete("ada");
  EXPECT_FALSE(accounts().Find("ada"));
  EXPECT_EQ(LiveDevices(ada.id), 0);
  EXPECT_THAT(program_.holds.List(), IsEmpty());
  EXPECT_THAT(Refusal([&] { accounts().Delete("ada"); }), HasSubstr("no account"));

  EXPECT_EQ(program_.Add("Ada").folder, "Ada%~2");  // the kept folder is not free
  const auto again = AddAgain("ada");
  EXPECT_EQ(again.origin, Origin::kDeleted);
  EXPECT_EQ(again.account.id, ada.id);
  EXPECT_EQ(again.account.folder, "ada");
  EXPECT_EQ(LiveDevices(ada.id), 0);
}

TEST_F(AccountsTest, ARenamedAccountKeepsFolderPasswordAndDevices) {
  const Account ada = program_.Add("ada");
  program_.devices.Register(ada.id, "key", {});
  accounts().Rename("ada", "ada@example.org");
  const auto renamed = accounts().Find("ada@example.org");
  EXPECT_EQ(renamed->id, ada.id);
  EXPECT_EQ(renamed->folder, "ada");
  EXPECT_EQ(renamed->password_hash, ada.password_hash);
  EXPECT_EQ(LiveDevices(ada.id), 1);
  EXPECT_FALSE(accounts().Find("ada"));

  program_.Add("eva");
  EXPECT_THAT(Refusal([&] { accounts().Rename("eva", "ada@example.org"); }), HasSubstr("already"));
  EXPECT_NE(Refusal([&] { accounts().Rename("eva", ""); }), "");
}

TEST_F(AccountsTest, ADisabledAccountKeepsItsDevices) {
  const Account ada = program_.Add("ada");
  program_.devices.Register(ada.id, "key", {});
  accounts().Disable("ada");
  EXPECT_THAT(Names(), ElementsAre("ada disabled"));
  EXPECT_EQ(LiveDevices(ada.id), 1);
  accounts().Enable("ada");
  EXPECT_THAT(Names(), ElementsAre("ada enabled"));
}

TEST_F(AccountsTest, AQuotaIsSetAndLifted) {
  program_.Add("ada");
  const Quota quota{
      .collection_bytes_max = 1, .media_bytes_max = std::nullopt, .media_files_max = 3};
  accounts().SetQuota("ada", quota);
  EXPECT_EQ(accounts().Find("ada")->quota, quota);
  accounts().SetQuota("ada", {});
  EXPECT_EQ(accounts().Find("ada")->quota, Quota{});
}

TEST_F(AccountsTest, AreThoseOfTheEnvironmentToo) {
  EXPECT_THAT(accounts().AdoptEnvironment(Environment({"ada", "eva"})), IsEmpty());
  EXPECT_THAT(Names(), ElementsAre("ada enabled", "eva enabled"));
  const auto ada = accounts().Find("ada");
  EXPECT_EQ(ada->source, AccountSource::kEnvironment);
  EXPECT_EQ(ada->folder, "ada");
  EXPECT_EQ(ada->password_hash, "");
}

TEST_F(AccountsTest, OfTheEnvironmentAreTheEnvironmentsToChange) {
  accounts().AdoptEnvironment(Environment({"ada"}));
  const auto hash = HashPassword("neu", kCheapHash);
  for (const auto& refusal :
       {Refusal([&] { accounts().SetPassword("ada", hash, Accounts::ThenDevices::kStay); }),
        Refusal([&] { accounts().Delete("ada"); }),
        Refusal([&] { accounts().Rename("ada", "eva"); })})
    EXPECT_THAT(refusal, HasSubstr("SYNC_USER"));
  EXPECT_THAT(Refusal([&] { program_.Add("ada"); }), HasSubstr("already"));
  EXPECT_THAT(Names(), ElementsAre("ada enabled"));
}

TEST_F(AccountsTest, ARestartNeitherResetsNorResurrects) {
  accounts().AdoptEnvironment(Environment({"ada"}));
  const auto ada = accounts().Find("ada");
  program_.devices.Register(ada->id, "key", {});
  accounts().Disable("ada");
  accounts().AdoptEnvironment(Environment({"ada"}));
  EXPECT_THAT(Names(), ElementsAre("ada disabled"));
  EXPECT_EQ(accounts().Find("ada")->id, ada->id);
  EXPECT_EQ(LiveDevices(ada->id), 1);
}

TEST_F(AccountsTest, WhomTheEnvironmentNoLongerNamesIsWithdrawnAndComesBackAsBefore) {
  accounts().AdoptEnvironment(Environment({"ada", "eva"}));
  const auto ada = accounts().Find("ada");
  program_.devices.Register(ada->id, "key", {});
  accounts().AdoptEnvironment(Environment({"eva"}));
  EXPECT_THAT(Names(), ElementsAre("ada withdrawn", "eva enabled"));
  accounts().AdoptEnvironment(Environment({"eva", "ada"}));
  EXPECT_THAT(Names(), ElementsAre("ada enabled", "eva enabled"));
  EXPECT_EQ(accounts().Find("ada")->id, ada->id);
  EXPECT_EQ(LiveDevices(ada->id), 1);
}

TEST_F(AccountsTest, AWithdrawnAccountCanBeTakenOverOrDeleted) {
  accounts().AdoptEnvironment(Environment({"ada", "eva"}));
  const auto ada = accounts().Find("ada");
  program_.devices.Register(ada->id, "key", {});
  accounts().AdoptEnvironment({});
  const auto taken = AddAgain("ada");
  EXPECT_EQ(taken.origin, Origin::kWithdrawn);
  EXPECT_EQ(taken.account.id, ada->id);
  EXPECT_EQ(taken.account.source, AccountSource::kDatabase);
  EXPECT_EQ(LiveDevices(ada->id), 1);
  accounts().Delete("eva");
  EXPECT_THAT(Names(), ElementsAre("ada enabled"));
}

TEST_F(AccountsTest, OfTheDatabaseWinOverAVariableOfTheSameName) {
  const Account ada = program_.Add("ada");
  EXPECT_THAT(accounts().AdoptEnvironment(Environment({"ada", "eva"})),
              ElementsAre(testing::AllOf(HasSubstr("SYNC_USER1"), HasSubstr("ada"))));
  EXPECT_EQ(accounts().Find("ada")->source, AccountSource::kDatabase);
  EXPECT_EQ(accounts().Find("ada")->password_hash, ada.password_hash);
  EXPECT_TRUE(accounts().Find("eva"));
}

TEST_F(AccountsTest, ADeletedAccountThatTheEnvironmentNamesComesBackWithItsData) {
  const Account ada = program_.Add("ada");
  program_.devices.Register(ada.id, "key", {});
  accounts().Delete("ada");
  accounts().AdoptEnvironment(Environment({"ada"}));
  EXPECT_EQ(accounts().Find("ada")->id, ada.id);
  EXPECT_EQ(accounts().Find("ada")->source, AccountSource::kEnvironment);
  EXPECT_EQ(LiveDevices(ada.id), 0);
}

TEST_F(AccountsTest, AThousandOfTheEnvironmentAreOneCommit) {
  std::vector<std::string> names;
  for (int number = 0; number < 1000; ++number) names.push_back("user" + std::to_string(number));
  const auto reader = program_.auth.OpenReader();
  const auto commits = [&] { return reader->Int("PRAGMA data_version"); };
  const auto before = commits();
  accounts().AdoptEnvironment(Environment(names));
  EXPECT_EQ(commits(), before + 1);
  EXPECT_EQ(accounts().List().size(), 1000U);
  accounts().AdoptEnvironment(Environment(names));
  EXPECT_EQ(commits(), before + 1);  // nothing to write at the second start
}

TEST_F(AccountsTest, AreTheSameInEveryProgramOfTheVolume) {
  TestProgram ctl(test_.volume);
  ctl.Add("ada");
  EXPECT_TRUE(accounts().Find("ada"));
  accounts().Disable("ada");
  EXPECT_EQ(ctl.accounts.Find("ada")->state, AccountState::kDisabled);
}

TEST_F(AccountsTest, AreNotBegunAnewOnAVolumeWhoseDatabaseWasLost) {
  const TestVolume other;
  other.volume.UserFolder("ada");
  EXPECT_THAT(Refusal([&] { OpenAuthDatabase(other.volume); }), HasSubstr("backup"));
  EXPECT_THAT(Refusal([&] { OpenSessionDatabase(other.volume); }), HasSubstr("backup"));
}

TEST(Accounts, ADeletedAccountIsKnownUntilItIsForgotten) {
  const TestVolume test;
  TestProgram program(test.volume);
  const Account ada = program.Add("ada");
  program.devices.Register(ada.id, "phone", {});
  EXPECT_TRUE(program.accounts.ListDeleted().empty());
  EXPECT_THROW(program.accounts.Forget(ada.id), SyncError) << "it is there";
  program.accounts.Delete("ada");
  ASSERT_EQ(program.accounts.ListDeleted().size(), 1U);
  EXPECT_EQ(program.accounts.ListDeleted()[0].folder, ada.folder);

  program.accounts.Forget(ada.id);
  EXPECT_TRUE(program.accounts.ListDeleted().empty());
  EXPECT_TRUE(program.devices.List(ada.id).empty());
  const auto again = program.accounts.Add("ada", HashPassword("geheim", kCheapHash));
  EXPECT_EQ(again.origin, Accounts::Origin::kNew);
  EXPECT_NE(again.account.id, ada.id);
}

}  // namespace
}  // namespace ankisync
