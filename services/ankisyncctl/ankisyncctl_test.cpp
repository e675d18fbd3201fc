// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/core/files.h"
#include "services/ankisyncctl/test_command.h"

namespace ankisync {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Ankisyncctl, TellsWhoeverAsks) {
  const Ended help = RunScripted({"--help"});
  EXPECT_EQ(help.status, kDone);
  EXPECT_THAT(help.out, AllOf(HasSubstr("user"), HasSubstr("--data"), HasSubstr("Exit status")));
  EXPECT_THAT(RunScripted({"user", "add", "--help"}).out, HasSubstr("--password-stdin"));
  EXPECT_THAT(RunScripted({"--version"}).out, testing::MatchesRegex("ankisyncctl [0-9.]+\n"));
}

TEST(Ankisyncctl, SaysWhatIsWrongWithACommandThatIsNone) {
  for (const Words& words :
       {Words{}, Words{"user"}, Words{"user", "frob"}, Words{"--data", "/tmp", "user", "add"},
        Words{"user", "list"}, Words{"--data", "/tmp", "user", "add", "ada", "password"},
        Words{"--data", "/tmp", "user", "list", "--frob"}}) {
    const Ended ended = RunScripted(words);
    EXPECT_EQ(ended.status, kMisused) << testing::PrintToString(words);
    EXPECT_THAT(ended.err, testing::StartsWith("ankisyncctl: "));
    EXPECT_THAT(ended.out, IsEmpty());
  }
}

TEST(Ankisyncctl, MakesADataFolderOnlyWhenToldTo) {
  const TemporaryFolder folder;
  const std::string data = folder / "data";
  const Ended none = RunScripted({"--data", data, "user", "list"});
  EXPECT_EQ(none.status, kUnavailable);
  EXPECT_THAT(none.err, HasSubstr("volume init"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));

  EXPECT_THAT(RunScripted({"--data", data, "volume", "init"}).out, testing::StartsWith("made "));
  const Ended again = RunScripted({"volume", "init", "--data", data, "--json"});
  EXPECT_EQ(again.status, kDone);
  const auto answer = json::Document::Parse(again.out);
  EXPECT_FALSE(answer.root().Find("created")->boolean());
  EXPECT_EQ(answer.root().Find("volume_id")->text(), Volume(data, Volume::Create::kNever).id());
  EXPECT_THAT(RunScripted({"--data", data, "user", "list"}).out, HasSubstr("user add NAME"));
}

TEST(Ankisyncctl, MakesNothingInPlaceOfTheDataFolderThatIsExpected) {
  const TemporaryFolder folder;
  const std::string data = folder / "data";
  const Words expect = {"--data", data, "volume", "init", "--expect", std::string(32, '0')};
  EXPECT_EQ(RunScripted(expect).status, kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(data));

  const std::string id = Volume(data, Volume::Create::kIfMissing).id();
  const Ended other = RunScripted(expect);
  EXPECT_EQ(other.status, kUnavailable);
  EXPECT_THAT(other.err, HasSubstr("is volume " + id));
  EXPECT_EQ(RunScripted({"--data", data, "volume", "init", "--expect", id}).status, kDone);
}

TEST_F(AnkisyncctlTest, AnAddedUserLogsInToTheRunningServer) {
  EXPECT_THROW(Login("ada", "geheim"), LoginRefused);
  const Ended added = Ctl({"user", "add", "ada", "--password-stdin"}, "geheim\n");
  EXPECT_EQ(added.status, kDone) << added.err;
  EXPECT_EQ(added.out, "added ada\n");
  EXPECT_TRUE(authenticator_.Find(Login("ada", "geheim")));
  EXPECT_THROW(Login("ada", "geheim\n"), LoginRefused);
}

TEST_F(AnkisyncctlTest, APasswordComesFromAFile) {
  const TemporaryFolder folder;
  WriteFileAtomically(folder / "password", "geheim\r\nand more");
  EXPECT_EQ(Ctl({"user", "add", "ada", "--password-file", folder / "password"}).status, kDone);
  EXPECT_TRUE(authenticator_.Find(Login("ada", "geheim")));
  EXPECT_EQ(Ctl({"user", "add", "bob", "--password-file", folder / "none"}).status, kRefused);
}

TEST_F(AnkisyncctlTest, ANewPasswordCountsAtOnceAndLogsDevicesOutWhenAsked) {
  server_.Add("ada", "alt");
  const auto phone = Login("ada", "alt");
  ASSERT_TRUE(authenticator_.Find(phone));
  EXPECT_EQ(Ctl({"user", "passwd", "ada", "--password-stdin"}, "neu").status, kDone);
  EXPECT_THROW(Login("ada", "alt"), LoginRefused);
  EXPECT_TRUE(authenticator_.Find(phone));
  const auto laptop = Login("ada", "neu");
  EXPECT_EQ(Ctl({"user", "passwd", "ada", "--password-stdin", "--log-out"}, "neuer\r\n").status,
            kDone);
  EXPECT_FALSE(authenticator_.Find(phone));
  EXPECT_FALSE(authenticator_.Find(laptop));
  EXPECT_TRUE(authenticator_.Find(Login("ada", "neuer")));
}

TEST_F(AnkisyncctlTest, TheConfigurationSaysWhatANewPasswordDoesToDevices) {
  server_.Add("ada", "alt");
  const TemporaryFolder elsewhere;
  const std::string file = elsewhere / "ankisyncd.yaml";
  WriteFileAtomically(file, "passwd: {log_out: true}\n");
  const Words change = {"--config", file, "user", "passwd", "ada", "--password-stdin"};
  Words change_alone = change;
  change_alone.push_back("--stay");
  const auto phone = Login("ada", "alt");
  EXPECT_EQ(Ctl(change_alone, "neu").status, kDone);
  EXPECT_TRUE(authenticator_.Find(phone));
  EXPECT_EQ(Ctl(change, "neuer").status, kDone);
  EXPECT_FALSE(authenticator_.Find(phone));

  const auto laptop = Login("ada", "neuer");
  ::setenv("ANKISYNCD_PASSWD_LOG_OUT", "false", 1);
  EXPECT_EQ(Ctl(change, "neu").status, kDone);
  ::unsetenv("ANKISYNCD_PASSWD_LOG_OUT");
  EXPECT_TRUE(authenticator_.Find(laptop));
}

TEST_F(AnkisyncctlTest, TheServersConfigurationSaysWhereTheDataIs) {
  server_.Add("ada");
  const TemporaryFolder elsewhere;
  const std::string file = elsewhere / "ankisyncd.yaml";
  WriteFileAtomically(file, "data: " + test_.folder.path().string() + "\n");
  EXPECT_THAT(RunScripted({"--config", file, "user", "list"}).out, HasSubstr("ada"));
  WriteFileAtomically(file, "date: here\n");
  const Ended misspelt = RunScripted({"--config", file, "user", "list"});
  EXPECT_EQ(misspelt.status, kMisused);
  EXPECT_THAT(misspelt.err, HasSubstr("date"));
}

TEST_F(AnkisyncctlTest, ADeletedUsersDevicesAreOutAtOnceAndItsDataStays) {
  const Account ada = server_.Add("ada");
  const auto folder = test_.volume.UserFolder(ada.folder);
  const auto phone = Login("ada", "geheim");
  ASSERT_TRUE(authenticator_.Find(phone));
  const Ended deleted = Ctl({"user", "del", "ada", "--yes"});
  EXPECT_EQ(deleted.status, kDone);
  EXPECT_THAT(deleted.out, HasSubstr("collections/users/ada"));
  EXPECT_FALSE(authenticator_.Find(phone));
  EXPECT_THROW(Login("ada", "geheim"), LoginRefused);
  EXPECT_TRUE(std::filesystem::is_directory(folder));

  EXPECT_THAT(Ctl({"user", "add", "ada", "--password-stdin"}, "neu\n").out,
              HasSubstr("its data is back"));
  EXPECT_EQ(authenticator_.Find(Login("ada", "neu"))->folder, ada.folder);
  EXPECT_FALSE(authenticator_.Find(phone));
}

TEST_F(AnkisyncctlTest, RefusesWithASentence) {
  server_.Add("ada");
  const EnvironmentAccount eva{"SYNC_USER1", "eva", "x", EnvironmentAccount::Secret::kPlain};
  server_.accounts.AdoptEnvironment({&eva, 1});
  struct Refused {
    Words words;
    std::string input;
    const char* sentence;
  };
  for (const auto& [words, input, sentence] : {
           Refused{{"user", "add", "ada", "--password-stdin"}, "x", "already"},
           Refused{{"user", "add", "", "--password-stdin"}, "x", "empty"},
           Refused{{"user", "add", "a\nb", "--password-stdin"}, "x", "control character"},
           Refused{{"user", "add", std::string(81, 'x'), "--password-stdin"}, "x", "too long"},
           Refused{{"user", "add", "otto", "--password-stdin"}, "", "empty password"},
           Refused{{"user", "add", "otto", "--password-stdin"}, "\n", "empty password"},
           Refused{{"user", "passwd", "otto", "--password-stdin"}, "x", "no account otto"},
           Refused{{"user", "del", "otto", "--yes"}, "", "no account otto"},
           Refused{{"user", "passwd", "eva", "--password-stdin"}, "x", "SYNC_USER"},
           Refused{{"user", "del", "eva", "--yes"}, "", "SYNC_USER"},
       }) {
    const Ended ended = Ctl(words, input);
    EXPECT_EQ(ended.status, kRefused) << sentence;
    EXPECT_THAT(ended.err, AllOf(testing::StartsWith("ankisyncctl: "), HasSubstr(sentence)));
    Words for_a_program = words;
    for_a_program.push_back("--json");
    const Ended as_json = Ctl(for_a_program, input);
    EXPECT_EQ(as_json.status, kRefused) << sentence;
    EXPECT_THAT(std::string(json::Document::Parse(as_json.err).root().Find("error")->text()),
                HasSubstr(sentence));
  }
  EXPECT_EQ(server_.accounts.List().size(), 2U);
}

TEST_F(AnkisyncctlTest, TakesAnyNameThatCanBeTyped) {
  for (const char* name : {"ada@example.org", "é ü", "../etc", "-dash"}) {
    EXPECT_EQ(Ctl({"user", "add", "--password-stdin", "--", name}, "geheim").status, kDone) << name;
    EXPECT_TRUE(authenticator_.Find(Login(name, "geheim"))) << name;
  }
}

TEST_F(AnkisyncctlTest, ListsAccountsForPeopleAndForPrograms) {
  const Account ada = server_.Add("ada");
  server_.Add("é ü");
  server_.accounts.Disable("é ü");
  Login("ada", "geheim");
  server_.devices.Revoke(server_.devices.Register(ada.id, "revoked", {}));

  EXPECT_EQ(Ctl({"user", "list"}).out,
            "STATE      SOURCE  DEVICES  LAST USED             NAME\n"
            "enabled    db      1        2023-11-14T22:13:20Z  ada\n"
            "disabled   db      0        never                 é ü\n");
  const auto answer = json::Document::Parse(Ctl({"user", "list", "--json"}).out);
  ASSERT_EQ(answer.root().items().size(), 2U);
  const json::Value& first = answer.root().items()[0];
  EXPECT_EQ(first.Find("name")->text(), "ada");
  EXPECT_EQ(first.Find("id")->text(), std::to_string(Raw(ada.id)));
  EXPECT_EQ(first.Find("folder")->text(), "ada");
  EXPECT_EQ(first.Find("devices")->text(), "1");
  EXPECT_EQ(first.Find("last_used")->text(), "2023-11-14T22:13:20Z");
  EXPECT_EQ(answer.root().items()[1].Find("state")->text(), "disabled");
  EXPECT_TRUE(answer.root().items()[1].Find("last_used")->is(json::Kind::kNull));
}

TEST_F(AnkisyncctlTest, APasswordTypedTwiceIsNeverShown) {
  Person person(Line({"user", "add", "ada"}));
  person.Answer("Password for ada: ", "Zx9-unmistakable\n");
  person.Answer("The same again: ", "Zx9-unmistakable\n");
  const Ended ended = person.Leave();
  EXPECT_EQ(ended.status, kDone) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("added ada"), Not(HasSubstr("unmistakable"))));
  EXPECT_TRUE(authenticator_.Find(Login("ada", "Zx9-unmistakable")));
}

TEST_F(AnkisyncctlTest, TwoDifferentPasswordsAddNobody) {
  Person person(Line({"user", "add", "ada"}));
  person.Answer("Password for ada: ", "geheim\n");
  person.Answer("The same again: ", "geheim \n");
  const Ended ended = person.Leave();
  EXPECT_EQ(ended.status, kRefused);
  EXPECT_THAT(ended.out, HasSubstr("two different passwords"));
  EXPECT_FALSE(server_.accounts.Find("ada"));
}

TEST_F(AnkisyncctlTest, WhoeverGivesUpAtThePasswordKeepsAWorkingTerminal) {
  for (const char* key : {"gehe\x03", "\x04", "\n"}) {
    Person person(Line({"user", "add", "ada"}));
    person.Answer("Password for ada: ", key);
    EXPECT_EQ(person.Leave().status, kRefused);
    EXPECT_TRUE(person.TerminalShowsWhatIsTyped());
    EXPECT_FALSE(server_.accounts.Find("ada"));
  }
}

TEST_F(AnkisyncctlTest, AsksBeforeItAsksForAPasswordThatWouldBeOfNoUse) {
  server_.Add("ada");
  EXPECT_EQ(Person(Line({"user", "add", "ada"})).Leave().status, kRefused);
  EXPECT_EQ(Person(Line({"user", "passwd", "otto"})).Leave().status, kRefused);
}

TEST_F(AnkisyncctlTest, DeletesOnlyWhenToldYes) {
  server_.Add("ada");
  for (const char* answer : {"\n", "n\n", "x\n", "\x04"}) {
    Person person(Line({"user", "del", "ada"}));
    person.Answer("[y/N] ", answer);
    EXPECT_EQ(person.Leave().status, kRefused);
    EXPECT_TRUE(server_.accounts.Find("ada"));
  }
  Person person(Line({"user", "del", "ada"}));
  person.Answer("collections/users/ada. [y/N] ", "y\n");
  EXPECT_EQ(person.Leave().status, kDone);
  EXPECT_FALSE(server_.accounts.Find("ada"));
}

TEST_F(AnkisyncctlTest, AMisspeltCommandIsCalledOne) {
  EXPECT_THAT(Ctl({"usr", "list"}).err, HasSubstr("there is no command usr"));
  EXPECT_THAT(Ctl({"user", "lst"}).err, HasSubstr("there is no command user lst"));
  EXPECT_THAT(Ctl({"user", "list", "--al"}).err, HasSubstr("--al"));
}

TEST_F(AnkisyncctlTest, WithoutATerminalSaysWhatToSayInstead) {
  server_.Add("ada");
  const Ended add = Ctl({"user", "add", "eva"}, "geheim\n");
  EXPECT_EQ(add.status, kMisused);
  EXPECT_THAT(add.err, HasSubstr("--password-stdin"));
  const Ended del = Ctl({"user", "del", "ada"}, "y\n");
  EXPECT_EQ(del.status, kMisused);
  EXPECT_THAT(del.err, HasSubstr("--yes"));
  EXPECT_EQ(server_.accounts.List().size(), 1U);
}

TEST_F(AnkisyncctlTest, SeveralAtOnceBesideABusyServerLoseNothing) {
  server_.Add("ada");
  constexpr int kOperators = 4;
  std::vector<std::jthread> operators;
  std::vector<Ended> ended(kOperators);
  for (int number = 0; number < kOperators; ++number) {
    operators.emplace_back([&, number] {
      ended[static_cast<std::size_t>(number)] =
          Ctl({"user", "add", "user" + std::to_string(number), "--password-stdin"}, "geheim");
    });
  }
  for (int login = 0; login < 10; ++login) EXPECT_TRUE(authenticator_.Find(Login("ada", "geheim")));
  operators.clear();
  for (const Ended& each : ended) EXPECT_EQ(each.status, kDone) << each.err;
  EXPECT_EQ(server_.accounts.List().size(), 1U + kOperators);
}

TEST_F(AnkisyncctlTest, WhatBecameOfBackupsIsOnRecord) {
  const TemporaryFolder elsewhere;
  const std::string backups = elsewhere / "backups";
  const auto record = [this] {
    return ReadFile(test_.volume.root() / "backup.json", 4096).value_or("");
  };
  ASSERT_EQ(Ctl({"backup", "create", backups}).status, kDone);
  EXPECT_THAT(record(), AllOf(HasSubstr("\"attempt_s\":"), HasSubstr("\"backup_s\":"),
                              HasSubstr("\"took_ms\":"), HasSubstr("\"failed_backups\":0")));
  EXPECT_EQ(RunScripted({"backup", "verify", backups}).status, kDone);
  EXPECT_THAT(record(), Not(HasSubstr("verify_s"))) << "without the data folder";
  EXPECT_EQ(Ctl({"backup", "verify", backups}).status, kDone);
  EXPECT_THAT(record(), HasSubstr("verify_s"));

  WriteFileAtomically(elsewhere / "file", "");
  EXPECT_NE(Ctl({"backup", "create", elsewhere / "file"}).status, kDone);
  EXPECT_THAT(record(), HasSubstr("\"failed_backups\":1"));
  std::filesystem::remove_all(elsewhere / "backups/databases");
  EXPECT_EQ(Ctl({"backup", "verify", backups}).status, kRefused);
  EXPECT_THAT(record(), HasSubstr("\"failed_verifies\":1"));
}

TEST_F(AnkisyncctlTest, BackupsAreLookedAtWithoutADataFolder) {
  const TemporaryFolder elsewhere;
  const std::string backups = elsewhere / "backups";
  ASSERT_EQ(Ctl({"backup", "create", backups}).status, kDone);
  EXPECT_THAT(RunScripted({"backup", "list", backups}).out, HasSubstr("0 users"));
  EXPECT_THAT(RunScripted({"backup", "verify", backups}).out, HasSubstr(" is sound"));
  EXPECT_EQ(RunScripted({"backup", "prune", backups}).status, kDone);
}

TEST_F(AnkisyncctlTest, FindsTheDataFolderInTheEnvironmentToo) {
  server_.Add("ada");
  ::setenv("ANKISYNCD_DATA", test_.folder.path().c_str(), 1);
  const Ended ended = RunScripted({"user", "list"});
  ::unsetenv("ANKISYNCD_DATA");
  EXPECT_EQ(ended.status, kDone);
  EXPECT_THAT(ended.out, HasSubstr("ada"));
}

}  // namespace
}  // namespace ankisync
