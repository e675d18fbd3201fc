// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "services/ankisyncctl/test_command.h"

namespace ankisync {
namespace {

using testing::HasSubstr;

class DoctorTest : public AnkisyncctlTest {
 protected:
  struct Found {
    std::string severity;
    std::string text;
    std::string remedy;
  };

  // The gravest finding of each check.
  std::map<std::string, Found> Examine(int status, Words more = {}) const {
    Words words = {"doctor", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = Ctl(words);
    EXPECT_EQ(ended.status, status) << ended.out << ended.err;
    const auto report = json::Document::Parse(ended.out);
    std::map<std::string, Found> found;
    for (const json::Value& each : report.root().Find("findings")->items()) {
      const auto text = [&](const char* key) { return std::string(each.Find(key)->text()); };
      if (text("severity") == "ok" && found.contains(text("check"))) continue;
      found[text("check")] = {text("severity"), text("text"), text("remedy")};
    }
    return found;
  }

  std::filesystem::path folder() const { return test_.folder.path(); }
};

TEST_F(DoctorTest, FindsNothingWrongBesideAServerThatRuns) {
  server_.Add("ada");
  const auto found = Examine(kDone);
  for (const char* check : {"volume", "free_space", "permissions", "databases", "accounts"})
    EXPECT_EQ(found.at(check).severity, "ok") << check << ": " << found.at(check).text;
}

TEST_F(DoctorTest, SaysThatNobodyCanLogInYet) {
  EXPECT_THAT(Examine(kDone).at("accounts").remedy, HasSubstr("user add"));
}

TEST_F(DoctorTest, NamesADatabaseThatIsDamaged) {
  const Account ada = server_.Add("ada");
  const auto file = folder() / "collections/users" / ada.folder / "collection.media.server.db";
  std::filesystem::create_directories(file.parent_path());
  WriteFileAtomically(file, std::string(8192, 'x'));
  const auto found = Examine(kRefused);
  EXPECT_EQ(found.at("databases").severity, "error");
  EXPECT_THAT(found.at("databases").text, HasSubstr(file.string()));
}

TEST_F(DoctorTest, NamesFilesThatEverybodyMayRead) {
  std::filesystem::permissions(folder() / "auth.db", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto found = Examine(kDone);
  EXPECT_EQ(found.at("permissions").severity, "warning");
  EXPECT_THAT(found.at("permissions").text, HasSubstr("auth.db"));
}

TEST_F(DoctorTest, ReadsTheConfigurationAsAServerWould) {
  const TemporaryFolder elsewhere;
  const std::string file = elsewhere / "ankisyncd.yaml";
  WriteFileAtomically(file, "limit:\n  connections: 5\n");
  EXPECT_THAT(Examine(kRefused, {"--config", file}).at("configuration").text, HasSubstr("limit"));
  WriteFileAtomically(file, "data: " + elsewhere.path().string() + "\n");
  EXPECT_EQ(Examine(kDone, {"--config", file}).at("configuration").severity, "warning");
  WriteFileAtomically(file, "storage:\n  free_bytes_min: 64TiB\n");
  EXPECT_EQ(Examine(kRefused, {"--config", file}).at("free_space").severity, "error");
}

TEST_F(DoctorTest, AFolderThatIsNoVolumeIsTheFinding) {
  std::filesystem::remove(folder() / "volume.json");
  EXPECT_THAT(Examine(kRefused).at("volume").text, HasSubstr("volume init"));
}

TEST(Doctor, WantsAFolderOrAnAddress) {
  const Ended nothing = RunScripted({"doctor"});
  EXPECT_EQ(nothing.status, kMisused);
  EXPECT_THAT(nothing.err, HasSubstr("--url"));
  EXPECT_EQ(RunScripted({"doctor", "--user", "ada"}).status, kMisused);
  EXPECT_EQ(RunScripted({"doctor", "--url", "ftp://x/"}).status, kRefused);
  EXPECT_EQ(RunScripted({"doctor", "--url", "x", "--largest", "much"}).status, kMisused);
}

TEST(Doctor, IsInTheManualAndInWhatBashCompletes) {
  EXPECT_THAT(RunScripted({"--print-man"}).out, HasSubstr(".SS doctor\n"));
  EXPECT_THAT(RunScripted({"--print-completion", "bash"}).out, HasSubstr("\" doctor\") next=\"--"));
}

}  // namespace
}  // namespace ankisync
