// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "services/ankisyncctl/test_command.h"

// Accounts, devices, quotas and maintenance beside a server that is running.
namespace ankisync {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AccountCommands : public AnkisyncctlTest {
 protected:
  AccountCommands() : ada_(server_.Add("ada")), phone_(Login("ada", "geheim")) {
    std::filesystem::create_directories(Folder() / "collection.media");
    WriteFileAtomically(Folder() / "collection.anki2", std::string(2048, 'x'));
    WriteFileAtomically(Folder() / "lock", "");
  }

  std::filesystem::path Folder() const { return test_.volume.UserFolder(ada_.folder); }
  std::string PhoneId() const {
    return std::to_string(Raw(server_.devices.List(ada_.id).front().id));
  }

  Account ada_;
  std::string phone_;
};

TEST_F(AccountCommands, ARenamedUserLogsInUnderTheNewNameAndItsDevicesStay) {
  EXPECT_EQ(Ctl({"user", "rename", "ada", "eva"}).status, kDone);
  EXPECT_EQ(authenticator_.Find(phone_)->name, "eva");
  EXPECT_EQ(authenticator_.Find(Login("eva", "geheim"))->folder, ada_.folder);
  EXPECT_THROW(Login("ada", "geheim"), LoginRefused);
  EXPECT_EQ(Ctl({"user", "rename", "ada", "x"}).status, kRefused);
  EXPECT_EQ(Ctl({"user", "rename", "eva", "eva"}).status, kRefused) << "taken";
}

TEST_F(AccountCommands, ADisabledUserKeepsItsDevices) {
  EXPECT_THAT(Ctl({"user", "disable", "ada"}).out, StartsWith("disabled ada"));
  EXPECT_EQ(authenticator_.Find(phone_)->state, AccountState::kDisabled);
  EXPECT_EQ(Ctl({"user", "enable", "ada", "--json"}).out, "{\"enabled\":\"ada\"}\n");
  EXPECT_EQ(authenticator_.Find(phone_)->state, AccountState::kEnabled);
}

TEST_F(AccountCommands, ShowsOneUserWithAllThatIsKnown) {
  server_.accounts.SetQuota("ada", {.collection_bytes_max = 1 << 20});
  server_.holds.Place(std::nullopt, "maintenance", "Back at nine.");
  EXPECT_THAT(Ctl({"user", "show", "ada"}).out,
              AllOf(HasSubstr("State        enabled\n"), HasSubstr("2.0 KiB of 1.0 MiB\n"),
                    HasSubstr("maintenance: Back at nine.\n"), HasSubstr("26.08.1,dev,linux")));
  const auto answer = json::Document::Parse(Ctl({"user", "show", "ada", "--json"}).out);
  EXPECT_EQ(answer.root().Find("devices")->items().size(), 1U);
  EXPECT_EQ(answer.root().Find("collection_bytes")->text(), "2048");
  EXPECT_EQ(answer.root().Find("holds")->items()[0].Find("sentence")->text(), "Back at nine.");
}

TEST_F(AccountCommands, ListsDevicesWithTheirClientsAndAddresses) {
  server_.Add("bob");
  Login("bob", "geheim");
  EXPECT_THAT(Ctl({"device", "list"}).out,
              AllOf(HasSubstr("ID "), HasSubstr("2023-11-14T22:13:20Z"), HasSubstr("192.0.2.1"),
                    HasSubstr("26.08.1,dev,linux"), HasSubstr(" ada\n"), HasSubstr(" bob\n")));
  EXPECT_THAT(Ctl({"device", "list", "ada"}).out, Not(HasSubstr("bob")));
  const auto answer = json::Document::Parse(Ctl({"device", "list", "ada", "--json"}).out);
  ASSERT_EQ(answer.root().items().size(), 1U);
  EXPECT_EQ(answer.root().items()[0].Find("client")->text(), "26.08.1,dev,linux");
  EXPECT_TRUE(answer.root().items()[0].Find("revoked")->is(json::Kind::kNull));
}

TEST_F(AccountCommands, ARevokedDeviceIsOutAtOnceAndTheOthersStay) {
  const auto id = PhoneId();
  const auto laptop = Login("ada", "geheim");
  EXPECT_EQ(Ctl({"device", "label", id, "lost in the train"}).status, kDone);
  EXPECT_THAT(Ctl({"device", "list"}).out, HasSubstr("ada (lost in the train)"));
  EXPECT_EQ(Ctl({"device", "revoke", id}).status, kDone);
  EXPECT_FALSE(authenticator_.Find(phone_));
  EXPECT_TRUE(authenticator_.Find(laptop));
  EXPECT_THAT(Ctl({"device", "list"}).out, Not(HasSubstr("train")));
  EXPECT_THAT(Ctl({"device", "list", "--all"}).out, HasSubstr("train), revoked 2"));
  EXPECT_THAT(Ctl({"device", "revoke", id}).err, HasSubstr("no device " + id + " is logged in"));
  EXPECT_EQ(Ctl({"device", "label", "999", "x"}).status, kRefused);
  EXPECT_EQ(Ctl({"device", "revoke", "phone"}).status, kMisused);
}

TEST_F(AccountCommands, AQuotaIsSetAsPeopleWriteItAndCountsAtOnce) {
  EXPECT_EQ(Ctl({"quota", "set", "ada", "--collection", "100MB", "--files", "2000"}).status, kDone);
  auto quota = authenticator_.Find(phone_)->quota;
  EXPECT_EQ(quota, (Quota{100 << 20, {}, 2000}));
  EXPECT_THAT(Ctl({"quota", "show"}).out,
              AllOf(HasSubstr("2.0 KiB of 100.0 MiB"), HasSubstr("0 of 2000"), HasSubstr("ada")));
  EXPECT_EQ(Ctl({"quota", "set", "ada", "--collection", "none", "--media", "1g"}).status, kDone);
  quota = authenticator_.Find(phone_)->quota;
  EXPECT_EQ(quota, (Quota{{}, 1 << 30, 2000}));
  const auto answer = json::Document::Parse(Ctl({"quota", "show", "ada", "--json"}).out);
  EXPECT_EQ(answer.root().items()[0].Find("media_files_max")->text(), "2000");
  EXPECT_EQ(Ctl({"quota", "set", "ada"}).status, kMisused);
  EXPECT_EQ(Ctl({"quota", "set", "ada", "--media", "lots"}).status, kMisused);
  EXPECT_EQ(Ctl({"quota", "set", "eva", "--media", "1g"}).status, kRefused);
}

TEST_F(AccountCommands, MaintenanceHoldsEverybodyOrOneUntilItIsOver) {
  server_.Add("bob");
  const auto bob = Login("bob", "geheim");
  EXPECT_EQ(Ctl({"maintenance", "on", "--user", "ada", "--message", "One moment."}).status, kDone);
  EXPECT_EQ(authenticator_.Find(phone_)->hold->sentence, "One moment.");
  EXPECT_FALSE(authenticator_.Find(bob)->hold);
  EXPECT_EQ(Ctl({"maintenance", "on"}).status, kDone);
  EXPECT_THAT(authenticator_.Find(bob)->hold->sentence, HasSubstr("try again later"));
  EXPECT_THAT(Ctl({"maintenance", "show"}).out,
              AllOf(HasSubstr("ada: maintenance: One moment.\n"), HasSubstr("everybody: ")));
  EXPECT_EQ(Ctl({"maintenance", "off"}).status, kDone);
  EXPECT_EQ(Ctl({"maintenance", "off", "--user", "ada"}).status, kDone);
  EXPECT_FALSE(authenticator_.Find(phone_)->hold);
  EXPECT_THAT(Ctl({"maintenance", "off"}).err, HasSubstr("was not on for everybody"));
  EXPECT_THAT(Ctl({"maintenance", "show"}).out, HasSubstr("Nobody"));
}

TEST_F(AccountCommands, APurgedUserLeavesNothing) {
  EXPECT_EQ(Ctl({"user", "del", "ada", "--purge", "--yes"}).out,
            "deleted ada\n  for good: collections/users/ada\n");
  EXPECT_FALSE(std::filesystem::exists(test_.folder / "collections/users/ada"));
  EXPECT_FALSE(authenticator_.Find(phone_));
  EXPECT_TRUE(server_.accounts.ListDeleted().empty());
  EXPECT_TRUE(server_.devices.List(ada_.id).empty());
  EXPECT_TRUE(server_.holds.List().empty());
  EXPECT_EQ(Ctl({"user", "add", "ada", "--password-stdin"}, "neu\n").out, "added ada\n");
}

TEST_F(AccountCommands, APurgeIsAskedForWithWhatItTakesAndCanBeTriedFirst) {
  EXPECT_THAT(Ctl({"user", "del", "ada", "--purge", "--dry-run"}).out,
              AllOf(HasSubstr("would delete ada"), HasSubstr("2.0 KiB of cards and notes")));
  Person person(Line({"user", "del", "ada", "--purge"}));
  person.Answer("export colpkg ada FILE. Remove it? [y/N] ", "n\n");
  EXPECT_EQ(person.Leave().status, kRefused);
  EXPECT_TRUE(authenticator_.Find(phone_));
  EXPECT_TRUE(std::filesystem::exists(Folder() / "collection.anki2"));
}

TEST_F(AccountCommands, WhatWasDeletedBeforeCanStillBePurged) {
  EXPECT_EQ(Ctl({"user", "del", "ada", "--yes"}).status, kDone);
  EXPECT_EQ(Ctl({"user", "del", "ada", "--yes"}).status, kRefused);
  EXPECT_EQ(Ctl({"user", "del", "ada", "--purge", "--yes"}).status, kDone);
  EXPECT_FALSE(std::filesystem::exists(test_.folder / "collections/users/ada"));
  EXPECT_EQ(Ctl({"user", "del", "ada", "--purge", "--yes"}).status, kRefused);
}

// The server has the collection open, and lets go when it sees the hold.
TEST_F(AccountCommands, APurgeWaitsUntilTheServerLetsGo) {
  std::optional<FileLock> in_use = FileLock::Acquire(Folder() / "lock");
  std::jthread purge([this] {
    EXPECT_EQ(Ctl({"user", "del", "ada", "--purge", "--yes"}).status, kDone);
  });
  while (!authenticator_.Find(phone_)->hold) std::this_thread::yield();
  EXPECT_TRUE(std::filesystem::exists(test_.folder / "collections/users/ada/collection.anki2"));
  in_use.reset();
  purge.join();
  EXPECT_FALSE(std::filesystem::exists(test_.folder / "collections/users/ada"));
}

TEST_F(AccountCommands, AnAccountOfTheEnvironmentIsNotPurged) {
  const EnvironmentAccount eva{"SYNC_USER1", "eva", "x", EnvironmentAccount::Secret::kPlain};
  server_.accounts.AdoptEnvironment({&eva, 1});
  const auto folder = test_.volume.UserFolder(server_.accounts.Find("eva")->folder);
  EXPECT_THAT(Ctl({"user", "del", "eva", "--purge", "--yes"}).err, HasSubstr("SYNC_USER"));
  EXPECT_TRUE(std::filesystem::exists(folder));
}

TEST(Manual, NamesEveryCommandAndOption) {
  const Ended man = RunScripted({"--print-man"});
  EXPECT_EQ(man.status, kDone);
  for (const char* text : {".SS user add NAME", ".SS device revoke ID", ".SS maintenance on",
                           "\\-\\-password\\-stdin", "\\-\\-message TEXT", ".SH EXIT STATUS"})
    EXPECT_THAT(man.out, HasSubstr(text));
}

std::string Answer(const std::string& shell, const std::string& script) {
  const TemporaryFolder home;
  WriteFileAtomically(home / "script", script);
  const std::string file = (home / "script").string();
  FILE* const run =
      ::popen(("HOME=" + home.path().string() + " " + shell + " " + file).c_str(), "r");
  std::string out = ReadAll(::fileno(run));
  ::pclose(run);
  return out;
}

std::string InBash(const std::string& words) {
  return Answer("bash", "source <(" ANKISYNCCTL " --print-completion bash); COMP_WORDS=(" + words +
                            "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ankisyncctl;"
                            " echo \"${COMPREPLY[*]}\"");
}

// Without a terminal zsh completes nothing: what it would be told is printed instead.
std::string InZsh(const std::string& words) {
  return Answer("zsh",
                "compdef() { :; }; compadd() { shift; print -r -- \"$@\"; }\n"
                "source <(" ANKISYNCCTL " --print-completion zsh); words=(" +
                    words + "); CURRENT=${#words}; _ankisyncctl");
}

std::string InFish(const std::string& words) {
  return Answer("fish",
                ANKISYNCCTL " --print-completion fish | source; complete -C '" + words + "'");
}

TEST(Completion, OfBashKnowsWhatMayComeNext) {
  EXPECT_EQ(InBash("ankisyncctl us"), "user\n");
  EXPECT_EQ(InBash("ankisyncctl --data /srv user re"), "rename\n");
  EXPECT_EQ(InBash("ankisyncctl user add --pass"), "--password-stdin --password-file\n");
  EXPECT_THAT(InBash("ankisyncctl maintenance \"\""), AllOf(HasSubstr("on"), HasSubstr("off")));
}

TEST(Completion, OfZshKnowsWhatMayComeNext) {
  EXPECT_THAT(InZsh("ankisyncctl us"), HasSubstr("user "));
  EXPECT_THAT(InZsh("ankisyncctl --data /srv user re"),
              AllOf(HasSubstr("rename "), Not(HasSubstr("revoke"))));
  EXPECT_THAT(InZsh("ankisyncctl user add --pass"), HasSubstr("--password-stdin "));
}

TEST(Completion, OfFishKnowsWhatMayComeNext) {
  EXPECT_EQ(InFish("ankisyncctl us"), "user\tAccounts; a running server knows at once\n");
  EXPECT_THAT(InFish("ankisyncctl --data /srv user re"), StartsWith("rename\t"));
  EXPECT_THAT(InFish("ankisyncctl user add --pass"),
              AllOf(HasSubstr("--password-stdin\t"), HasSubstr("--password-file\t")));
}

TEST(WrongFolder, IsAnsweredWithWhatWouldBeRight) {
  const TestVolume test;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(test.folder.path());
  const Ended none = RunScripted({"user", "list"});
  std::filesystem::current_path(before);
  EXPECT_EQ(none.status, kMisused);
  EXPECT_THAT(none.err, HasSubstr("--data . would be one"));
}

}  // namespace
}  // namespace ankisync
