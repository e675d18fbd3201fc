// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <set>

#include "common/config/load.h"
#include "common/config/value.h"

namespace ankisync::config {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Loaded LoadWith(std::map<std::string, std::string> variables, std::vector<std::string> arguments) {
  const char* const nothing[] = {nullptr};
  Launch launch(Program::kAnkisyncd, "1.2.3", 0, nullptr, nothing);
  launch.environment = std::move(variables);
  launch.arguments = std::move(arguments);
  return LoadConfig(launch);
}

const std::vector<std::string> kUnusual = {"--base-path=/a\"b\\c",
                                           "--host=::", "--proxy-trusted=10.0.0.1,fd00::/8",
                                           "--log-format=json", "--limits-session-idle=1500ms"};

TEST(PrintConfig, NamesEachValuesSource) {
  std::vector<std::string> arguments = {"--print-config", "--port", "1234"};
  const auto text = LoadWith({{"ANKISYNCD_LOG_LEVEL", "error"}}, arguments).answer.value();
  EXPECT_THAT(text, ContainsRegex("port: 1234 +# --port\n"));
  EXPECT_THAT(text, ContainsRegex("  level: \"error\" +# ANKISYNCD_LOG_LEVEL\n"));
  EXPECT_THAT(text, ContainsRegex("data: \"data\" +# default\n"));
}

TEST(PrintConfig, NeverShowsASecret) {
  const auto text =
      LoadWith({{"SYNC_USER1", "ada:hunter2"}, {"SYNC_BASE", "/d"}}, {"--print-config"})
          .answer.value();
  EXPECT_THAT(text, ContainsRegex("# account \"ada\" password \\*+ +# SYNC_USER1\n"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(PrintConfig, IsAFileThatGivesTheSameConfiguration) {
  std::vector<std::string> arguments = kUnusual;
  arguments.push_back("--print-config");
  const Loaded before = LoadWith({}, arguments);
  const std::string path = testing::TempDir() + "/" + std::to_string(::getpid()) + "-printed.yaml";
  std::ofstream(path) << before.answer.value();
  EXPECT_EQ(LoadWith({}, {"--config", path}).config, before.config);
}

TEST(Answers, AreGivenWhateverElseIsWrong) {
  EXPECT_EQ(LoadWith({{"ANKISYNCD_PORT", "x"}}, {"--version"}).answer, "1.2.3\n");
  EXPECT_THAT(LoadWith({{"ANKISYNCD_PORT", "x"}}, {"--help"}).answer.value(),
              HasSubstr("Usage: ankisyncd"));
  EXPECT_EQ(LoadWith({}, {}).answer, std::nullopt);
}

TEST(Keys, HaveNamesThatAreDifferentInEverySource) {
  std::set<std::string> names;
  for (const Key& key : Keys()) {
    EXPECT_TRUE(names.insert(VariableOf(key)).second) << key.path;
    EXPECT_TRUE(names.insert(FlagOf(key)).second) << key.path;
    EXPECT_TRUE(names.insert(VariableOf(key) + "_FILE").second) << key.path;
  }
}

TEST(Keys, HavePlacesOfTheirOwn) {
  Config config;
  std::set<const void*> places;
  for (const Key& key : Keys()) {
    const void* const place =
        std::visit([](auto* at) { return static_cast<const void*>(at); }, key.slot(config));
    EXPECT_TRUE(places.insert(place).second) << key.path;
  }
}

TEST(Keys, HaveDefaultsThatTheyAccept) {
  for (const Program program :
       {Program::kAnkisyncd, Program::kCollectionSync, Program::kMediaSync}) {
    for (const Key& key : Keys()) {
      Config config = DefaultsFor(program);
      Assign(key, config, TextOf(key, config), key.path);
      EXPECT_EQ(config, DefaultsFor(program)) << key.path;
    }
    CheckTogether(Settings(DefaultsFor(program)));
  }
}

TEST(Help, NamesEveryFlag) {
  const std::string help = Help(Program::kMediaSync);
  for (const Key& key : Keys()) EXPECT_THAT(help, HasSubstr("\n  " + FlagOf(key) + " "));
  EXPECT_THAT(help, HasSubstr("--port 27702\n"));
}

TEST(ManPage, NamesEveryFlag) {
  const std::string page = ManPage(Program::kMediaSync, "1.2.3");
  EXPECT_THAT(page, HasSubstr(".TH media-sync 1 \"\" \"media-sync 1.2.3\""));
  EXPECT_THAT(page, HasSubstr(".B \\-\\-limits\\-session\\-idle\n"));
  EXPECT_THAT(page, HasSubstr(".B \\-\\-print\\-man\n"));
}

TEST(Reference, HasALineForEveryKey) {
  const std::string reference = Reference();
  for (const Key& key : Keys()) {
    EXPECT_THAT(reference, HasSubstr("\n| `" + std::string(key.path) + "` | `" + VariableOf(key)));
  }
  EXPECT_THAT(reference, HasSubstr("`27701`, media-sync `27702` | a number from 0 to 65535 |"));
  EXPECT_THAT(reference, HasSubstr("`\"5m\"` | a time from 1ms to 24h |"));
}

// JSON is YAML, so the YAML library reads it.
TEST(Schema, DescribesEveryKeyAndNothingElse) {
  const YAML::Node schema = YAML::Load(Schema());
  std::size_t keys = 0;
  for (const auto& member : schema["properties"]) {
    const YAML::Node section = member.second["properties"];
    keys += section ? section.size() : 1;
    EXPECT_FALSE(section && member.second["additionalProperties"].as<bool>());
  }
  EXPECT_EQ(keys, Keys().size());
  EXPECT_FALSE(schema["additionalProperties"].as<bool>());

  const YAML::Node limits = schema["properties"]["limits"]["properties"];
  EXPECT_EQ(limits["json_bytes"]["default"].as<std::string>(), "64MiB");
  EXPECT_EQ(limits["json_bytes"]["anyOf"][1]["pattern"].as<std::string>(),
            "^[0-9]+(KiB|MiB|GiB|TiB)?$");
  EXPECT_EQ(limits["upload_check"]["anyOf"][0]["maximum"].as<int>(), 29);
  EXPECT_EQ(schema["properties"]["port"]["maximum"].as<int>(), 65535);
  EXPECT_EQ(schema["properties"]["log"]["properties"]["format"]["enum"].size(), 2U);
  EXPECT_EQ(schema["properties"]["storage"]["properties"]["create"]["type"].as<std::string>(),
            "boolean");
}

}  // namespace
}  // namespace ankisync::config
