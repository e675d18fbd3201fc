// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace ankisync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Variables = std::map<std::string, std::string>;
using Arguments = std::vector<std::string>;

std::string FileWith(const std::string& text, const std::string& name = "ankisyncd.yaml") {
  std::string path = testing::TempDir() + "/" + std::to_string(::getpid()) + "-" + name;
  std::ofstream(path) << text;
  return path;
}

Launch Started(Variables variables, Arguments arguments = {},
               Program program = Program::kAnkisyncd) {
  const char* const nothing[] = {nullptr};
  Launch launch(program, "1.2.3", 0, nullptr, nothing);
  launch.environment = std::move(variables);
  launch.arguments = std::move(arguments);
  return launch;
}

Config Load(Variables variables, Arguments arguments = {}, Program program = Program::kAnkisyncd) {
  return LoadConfig(Started(std::move(variables), std::move(arguments), program)).config;
}

std::string ErrorOf(Variables variables, Arguments arguments = {}) {
  try {
    LoadConfig(Started(std::move(variables), std::move(arguments)));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Configuration, WithoutAnySourceIsTheProgramsDefaults) {
  for (const Program program :
       {Program::kAnkisyncd, Program::kCollectionSync, Program::kMediaSync}) {
    Config config = Load({}, {}, program);
    EXPECT_GE(config.threads.work, 4U);
    config.threads.work = 0;
    EXPECT_EQ(config, DefaultsFor(program));
  }
}

TEST(Configuration, ServicesHavePortsOfTheirOwnAndNeverMakeAVolume) {
  const Config sync = Load({}, {}, Program::kCollectionSync);
  const Config media = Load({}, {}, Program::kMediaSync);
  const Config both = Load({});
  EXPECT_THAT((std::array{sync.port, sync.ops.port}), ElementsAre(27701, 9101));
  EXPECT_THAT((std::array{media.port, media.ops.port}), ElementsAre(27702, 9102));
  EXPECT_THAT((std::array{both.port, both.ops.port}), ElementsAre(27701, 9100));
  EXPECT_FALSE(sync.storage.create || media.storage.create);
  EXPECT_TRUE(both.storage.create);
}

TEST(Configuration, LaterSourcesWin) {
  Variables variables = {{"ANKISYNCD_CONFIG", FileWith("port: 1001\n")}};
  Arguments arguments;
  EXPECT_EQ(Load(variables).port, 1001);
  variables["SYNC_PORT"] = "1002";
  EXPECT_EQ(Load(variables).port, 1002);
  variables["ANKISYNCD_PORT"] = "1003";
  EXPECT_EQ(Load(variables).port, 1003);
  arguments = {"--port", "1004"};
  EXPECT_EQ(Load(variables, arguments).port, 1004);
}

TEST(Configuration, AFlagsFileWinsOverTheVariables) {
  const std::string mine = FileWith("port: 1001\n", "mine.yaml");
  EXPECT_EQ(Load({{"ANKISYNCD_CONFIG", "/nowhere"}}, {"--config", mine}).port, 1001);
}

TEST(Configuration, AFileHasSectionsListsAndUnits) {
  const Config config = Load({}, {"--config=" + FileWith("data: /srv/anki\n"
                                                         "limits:\n"
                                                         "  session_idle: 90s\n"
                                                         "  json_bytes: 16MiB\n"
                                                         "  head_time: 5\n"
                                                         "proxy:\n"
                                                         "  trusted: [10.0.0.0/8, \"fd00::1\"]\n"
                                                         "storage: {create: false}\n"
                                                         "log:\n"
                                                         "metrics: {per_user: true}\n")});
  EXPECT_EQ(config.data, "/srv/anki");
  EXPECT_EQ(config.limits.session_idle, std::chrono::seconds(90));
  EXPECT_EQ(config.limits.json_bytes, 16U << 20);
  EXPECT_EQ(config.limits.head_time, std::chrono::seconds(5));
  EXPECT_THAT(config.proxy.trusted, ElementsAre("10.0.0.0/8", "fd00::1"));
  EXPECT_FALSE(config.storage.create);
  EXPECT_TRUE(config.metrics.per_user);
}

TEST(Configuration, VariablesAndFlagsSayTheSame) {
  const Variables variables = {{"ANKISYNCD_LIMITS_SESSION_IDLE", "200ms"},
                               {"ANKISYNCD_PROXY_TRUSTED", "10.0.0.1, ::1"},
                               {"ANKISYNCD_STORAGE_CREATE", "true"},
                               {"ANKISYNCD_LOG_LEVEL", "debug"}};
  const Arguments arguments = {"--limits-session-idle=200ms",
                               "--proxy-trusted",
                               "10.0.0.1,::1",
                               "--storage-create",
                               "--log-level",
                               "debug"};
  const Config config = Load(variables, {}, Program::kMediaSync);
  EXPECT_EQ(config, Load({}, arguments, Program::kMediaSync));
  EXPECT_EQ(config.limits.session_idle, std::chrono::milliseconds(200));
  EXPECT_THAT(config.proxy.trusted, ElementsAre("10.0.0.1", "::1"));
  EXPECT_TRUE(config.storage.create);
  EXPECT_EQ(config.log.level, LogLevel::kDebug);
}

TEST(Configuration, AnEmptyVariableIsNone) {
  EXPECT_EQ(Load({{"ANKISYNCD_PORT", ""}, {"SYNC_USER1", ""}}).port, 27701);
}

TEST(Configuration, AVariableMayBeAFile) {
  const std::string port = FileWith("4711\n", "port");
  EXPECT_EQ(Load({{"ANKISYNCD_PORT_FILE", port}}).port, 4711);
  const std::string user = FileWith("ada:love lace \r\n", "user");
  const Config config = Load({{"SYNC_USER1_FILE", user}, {"HOME", "/home/ada"}});
  EXPECT_THAT(config.accounts,
              ElementsAre(Config::Account{"ada", "love lace ", "SYNC_USER1_FILE"}));
}

TEST(Configuration, KubernetesServiceLinksAreNoConfiguration) {
  const Config config = Load({{"ANKISYNCD_PORT", "tcp://10.0.0.7:27701"},
                              {"ANKISYNCD_OPS_PORT", "tcp://10.0.0.8:9100"},
                              {"ANKISYNCD_SERVICE_HOST", "10.0.0.7"},
                              {"ANKISYNCD_SERVICE_PORT", "27701"},
                              {"ANKISYNCD_SERVICE_PORT_HTTP", "27701"},
                              {"ANKISYNCD_PORT_27701_TCP", "tcp://10.0.0.7:27701"},
                              {"ANKISYNCD_PORT_27701_TCP_PROTO", "tcp"},
                              {"ANKISYNCD_PORT_27701_TCP_PORT", "27701"},
                              {"ANKISYNCD_PORT_27701_TCP_ADDR", "10.0.0.7"}});
  EXPECT_EQ(config.port, 27701);
  EXPECT_EQ(config.ops.port, 9100);
}

TEST(OfficialVariables, AloneGiveTheOfficialServersDefaults) {
  const Config config = Load({{"SYNC_USER1", "ada:lovelace"}, {"HOME", "/home/ada"}});
  EXPECT_EQ(config.port, 8080);
  EXPECT_EQ(config.data, "/home/ada/.syncserver");
  EXPECT_TRUE(config.storage.create);
}

TEST(OfficialVariables, AreHonoured) {
  const Config config = Load({{"SYNC_USER1", "ada:love:lace"},
                              {"SYNC_USER2", "é ü:p"},
                              {"SYNC_BASE", "/data"},
                              {"SYNC_HOST", "127.0.0.1"},
                              {"SYNC_PORT", "8081"},
                              {"SYNC_IP_HEADER", "XRealIp"},
                              {"MAX_SYNC_PAYLOAD_MEGS", "10"}});
  EXPECT_THAT(config.accounts, ElementsAre(Config::Account{"ada", "love:lace", "SYNC_USER1"},
                                           Config::Account{"é ü", "p", "SYNC_USER2"}));
  EXPECT_FALSE(config.passwords_hashed);
  EXPECT_EQ(config.data, "/data");
  EXPECT_EQ(config.host, "127.0.0.1");
  EXPECT_EQ(config.port, 8081);
  EXPECT_EQ(config.proxy.address_header, "x-real-ip");
  EXPECT_EQ(config.limits.legacy_form_bytes, 10U << 20);
  EXPECT_EQ(config.limits.collection_bytes, 30U << 20);
  EXPECT_EQ(config.limits.media_batch_bytes, 30U << 20);
  EXPECT_EQ(config.limits.json_bytes, 30U << 20);
}

TEST(OfficialVariables, ALargePayloadMakesRoomInTheSpoolButNotInMemory) {
  const Config config = Load({{"SYNC_BASE", "/data"}, {"MAX_SYNC_PAYLOAD_MEGS", "4096"}});
  EXPECT_EQ(config.limits.collection_bytes, std::uint64_t{12} << 30);
  EXPECT_EQ(config.limits.spool_bytes, std::uint64_t{12} << 30);
  EXPECT_EQ(config.limits.json_bytes, 64U << 20);
}

TEST(OfficialVariables, PasswordsAreHashedEvenIfTheVariableIsEmpty) {
  const Config config =
      Load({{"SYNC_USER1", "ada:$pbkdf2-sha256$i=1$a$b"}, {"PASSWORDS_HASHED", ""}, {"HOME", "/"}});
  EXPECT_TRUE(config.passwords_hashed);
  EXPECT_EQ(config.accounts.at(0).secret, "$pbkdf2-sha256$i=1$a$b");
}

TEST(OfficialVariables, AUserBehindAGapIsIgnoredWithAWarning) {
  const Loaded loaded = LoadConfig(Started({{"HOME", "/"},
                                            {"SYNC_USER1", "ada:lovelace"},
                                            {"SYNC_USER3", "grace:hopper"},
                                            {"SYNC_USERNAME", "somebody else's"}}));
  EXPECT_EQ(loaded.config.accounts.size(), 1U);
  EXPECT_THAT(loaded.warnings, ElementsAre("SYNC_USER3 is ignored: there is no SYNC_USER2"));
}

// Whoever says where the data is, or where we listen, does not mean the official places.
TEST(OfficialVariables, BesideOursGiveOurDefaults) {
  const Variables official = {{"SYNC_USER1", "ada:lovelace"}, {"HOME", "/home/ada"}};
  EXPECT_EQ(Load(official, {"--data", "/srv/anki"}).port, 27701);
  EXPECT_EQ(Load(official, {"--config", FileWith("")}).data, "data");
  Variables both = official;
  both["ANKISYNCD_PORT"] = "1234";
  EXPECT_EQ(Load(both).data, "data");
  EXPECT_EQ(Load(official, {}, Program::kCollectionSync).port, 27701);
}

TEST(OfficialVariables, StayOfficialWhileOnlyOtherThingsAreOurs) {
  const Variables official = {
      {"SYNC_USER1", "ada:lovelace"}, {"HOME", "/home/ada"}, {"ANKISYNCD_LOG_FORMAT", "json"}};
  EXPECT_EQ(Load(official, {"--log-level", "debug"}).data, "/home/ada/.syncserver");
}

struct Case {
  std::string name;
  Variables variables;
  Arguments arguments;
  std::string file;
  std::string error;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
std::string NameOfCase(const testing::TestParamInfo<Case>& one) { return one.param.name; }

class WrongConfiguration : public testing::TestWithParam<Case> {};

TEST_P(WrongConfiguration, IsRefusedWithASentenceThatNamesTheKey) {
  Case wrong = GetParam();
  if (!wrong.file.empty()) wrong.arguments.push_back("--config=" + FileWith(wrong.file));
  EXPECT_THAT(ErrorOf(wrong.variables, wrong.arguments), HasSubstr(wrong.error));
}

INSTANTIATE_TEST_SUITE_P(
    Values, WrongConfiguration,
    testing::Values(
        Case{"PortBeyondTheLast",
             {{"ANKISYNCD_PORT", "65536"}},
             {},
             "",
             "ANKISYNCD_PORT: port cannot be \"65536\": it is a number from 0 to 65535"},
        Case{"PortWithText", {}, {"--port=80a"}, "", "--port: port cannot be \"80a\""},
        Case{"NegativePort", {}, {"--port", "-1"}, "", "--port: port cannot be \"-1\""},
        Case{"OfficialPort", {{"SYNC_PORT", "http"}, {"HOME", "/"}}, {}, "", "SYNC_PORT: port"},
        Case{"HostName", {{"ANKISYNCD_HOST", "localhost"}}, {}, "", "ANKISYNCD_HOST: host"},
        Case{"EmptyFolder", {}, {"--data="}, "", "--data: data cannot be \"\": it is a folder"},
        Case{"UnknownUnit", {}, {}, "limits:\n  json_bytes: 3GB\n", "yaml:2: limits.json_bytes"},
        Case{"SizeOverflow", {}, {}, "limits: {json_bytes: 99999999999TiB}", "limits.json_bytes"},
        Case{"TimeTooLong", {}, {"--limits-upload-check=30s"}, "", "it is a time from 1ms to 29s"},
        Case{"UnknownWord", {}, {"--log-level=trace"}, "", "debug, info, warning or error"},
        Case{"SwitchWord", {}, {"--storage-create=perhaps"}, "", "it is true or false"},
        Case{"Network", {}, {"--proxy-trusted=10.0.0.0/33"}, "", "proxy.trusted"},
        Case{"Networks", {}, {"--proxy-trusted=10.0.0.0/8,proxy"}, "", "proxy.trusted"},
        Case{"BasePath", {}, {"--base-path=anki/"}, "", "--base-path: base_path"},
        Case{"Header", {}, {"--proxy-address-header=X-Real-IP"}, "", "in lower case"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Names, WrongConfiguration,
    testing::Values(
        Case{"UnknownKey",
             {},
             {},
             "port: 1\nlimits:\n  sesion_idle: 5m\n",
             "yaml:3: unknown key limits.sesion_idle; did you mean limits.session_idle?"},
        Case{"KeyAtTheWrongPlace",
             {},
             {},
             "session_idle: 5m\n",
             "unknown key session_idle; did you mean limits.session_idle?"},
        Case{"UnknownVariable",
             {{"ANKISYNCD_PROT", "1"}},
             {},
             "",
             "ANKISYNCD_PROT: unknown variable; did you mean ANKISYNCD_PORT?"},
        Case{"UnknownFlag", {}, {"--prot", "1"}, "", "--prot: unknown flag; did you mean --port?"},
        Case{"Argument", {}, {"serve"}, "", "serve: unknown flag"},
        Case{"FlagWithoutValue", {}, {"--port"}, "", "--port needs a value"},
        Case{"KeyTwice", {}, {}, "port: 1\nport: 2\n", "yaml:2: port is there a second time"},
        Case{"KeyWithoutValue", {}, {}, "data:\n", "yaml:1: data has no value"},
        Case{"SectionWithAValue", {}, {}, "limits: 5\n", "yaml:1: limits is no map of keys"},
        Case{"KeyWithKeys", {}, {}, "port: {a: 1}\n", "yaml:1: port has no value"},
        Case{"List", {}, {}, "- port\n", "the file is no map of keys"},
        Case{"NoYaml", {}, {}, "port: [1\n", "ankisyncd.yaml: yaml-cpp: error at line 2"},
        Case{"NoFile", {{"ANKISYNCD_CONFIG", "/nowhere.yaml"}}, {}, "", "/nowhere.yaml"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Combinations, WrongConfiguration,
    testing::Values(
        Case{"BothPorts",
             {{"ANKISYNCD_PORT", "9100"}},
             {},
             "",
             "port (9100, ANKISYNCD_PORT) is taken twice: it is also ops.port (9100, default)"},
        Case{"UploadBeyondTheSpool",
             {},
             {},
             "limits:\n  collection_bytes: 9GiB\n",
             "yaml:2) cannot be more than limits.spool_bytes (8GiB, default)"},
        Case{"JournalOfSeveralMachines",
             {},
             {},
             "storage:\n  journal_mode: rollback\n",
             "yaml:2) is not served by this version"},
        Case{"BodyBeyondMemory",
             {},
             {"--limits-body-memory-bytes=1GiB"},
             "",
             "limits.body_memory_bytes (1GiB, --limits-body-memory-bytes)"},
        Case{"ValueAndFile",
             {{"ANKISYNCD_PORT", "1"}, {"ANKISYNCD_PORT_FILE", "/x"}},
             {},
             "",
             "ANKISYNCD_PORT and ANKISYNCD_PORT_FILE are both set"},
        Case{"NoSecretFile",
             {{"SYNC_USER1_FILE", "/nowhere"}, {"HOME", "/"}},
             {},
             "",
             "SYNC_USER1_FILE: there is no file /nowhere"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Official, WrongConfiguration,
    testing::Values(
        Case{"NoHome", {{"SYNC_USER1", "ada:lovelace"}}, {}, "", "SYNC_BASE is not set"},
        Case{"NoMegs",
             {{"SYNC_BASE", "/d"}, {"MAX_SYNC_PAYLOAD_MEGS", "1e3"}},
             {},
             "",
             "MAX_SYNC_PAYLOAD_MEGS is no number"},
        Case{"NoMegsAtAll",
             {{"SYNC_BASE", "/d"}, {"MAX_SYNC_PAYLOAD_MEGS", "0"}},
             {},
             "",
             "MAX_SYNC_PAYLOAD_MEGS is no number"},
        Case{"Header",
             {{"SYNC_BASE", "/d"}, {"SYNC_IP_HEADER", "X"}},
             {},
             "",
             "SYNC_IP_HEADER is none of ConnectInfo RightmostXForwardedFor"},
        Case{"SameName",
             {{"SYNC_BASE", "/d"}, {"SYNC_USER1", "ada:a"}, {"SYNC_USER2", "ada:b"}},
             {},
             "",
             "SYNC_USER1 and SYNC_USER2 name the same user"}),
    NameOfCase);

TEST(Secrets, AreInNoErrorMessage) {
  const Variables base = {{"SYNC_BASE", "/d"}};
  for (const std::string user : {"hunter2", ":hunter2", "ada:hunter2"}) {
    Variables variables = base;
    variables["SYNC_USER1"] = user;
    variables["PASSWORDS_HASHED"] = "1";
    EXPECT_THAT(ErrorOf(variables), HasSubstr("SYNC_USER1"));
    EXPECT_THAT(ErrorOf(variables), Not(HasSubstr("hunter2")));
  }
}

TEST(Secrets, AHashThatComposeAteIsExplained) {
  EXPECT_THAT(
      ErrorOf({{"SYNC_BASE", "/d"}, {"SYNC_USER1", "ada:=19=65536"}, {"PASSWORDS_HASHED", "1"}}),
      HasSubstr("compose files want written as $$"));
}

TEST(Launch, TakesArgumentsAndEnvironmentOfTheProcess) {
  const char* const argv[] = {"ankisyncd", "--port", "1"};
  const char* const environment[] = {"A=b=c", "EMPTY=", nullptr};
  const Launch launch(Program::kAnkisyncd, "1", 3, argv, environment);
  EXPECT_THAT(launch.arguments, ElementsAre("--port", "1"));
  EXPECT_EQ(launch.environment, (Variables{{"A", "b=c"}, {"EMPTY", ""}}));
  EXPECT_THAT(Launch(Program::kAnkisyncd, "1", 0, argv, environment).arguments, IsEmpty());
}

}  // namespace
}  // namespace ankisync
