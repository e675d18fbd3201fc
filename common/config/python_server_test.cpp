// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/python_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/config/load.h"
#include "common/core/temporary_folder.h"

namespace ankisync {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class PythonServer : public testing::Test {
 protected:
  std::string FileWith(const std::string& text) {
    std::string path = folder_ / "ankisyncd.conf";
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  static Loaded Load(std::map<std::string, std::string> variables,
                     std::vector<std::string> arguments = {}) {
    const char* const nothing[] = {nullptr};
    Launch launch(Program::kAnkisyncd, "1.2.3", 0, nullptr, nothing);
    launch.environment = std::move(variables);
    launch.arguments = std::move(arguments);
    return LoadConfig(launch);
  }
  static std::string ErrorOf(const std::string& file) {
    try {
      Load({}, {file});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  const TemporaryFolder folder_;
};

constexpr char kShipped[] =
    "[sync_app]\n"
    "# change to 127.0.0.1 behind a proxy\n"
    "host = 127.0.0.1\n"
    "port = 27702\n"
    "data_root = /data/collections\n"
    "base_url = /sync/\n"
    "base_media_url = /msync/\n"
    "auth_db_path = /data/auth.db\n"
    "; where devices are kept\n"
    "SESSION_DB_PATH: /data/session.db\n";

TEST_F(PythonServer, ItsFileKeepsItsMeaning) {
  const auto file = FileWith(kShipped);
  for (const auto& arguments : {std::vector{file}, std::vector<std::string>{"--config", file}}) {
    const Config config = Load({}, arguments).config;
    EXPECT_EQ(config.host, "127.0.0.1");
    EXPECT_EQ(config.port, 27702);
    EXPECT_EQ(config.base_path, "");
    EXPECT_EQ(config.data, "/data/ankisyncd");
    ASSERT_TRUE(config.python_server);
    EXPECT_EQ(config.python_server->data_root, "/data/collections");
    EXPECT_EQ(config.python_server->auth_db, "/data/auth.db");
    EXPECT_EQ(config.python_server->session_db, "/data/session.db");
  }
}

TEST_F(PythonServer, ItsFileIsFoundWhereItWas) {
  const auto file = FileWith(kShipped);
  std::filesystem::create_directories(folder_.path() / ".config/ankisyncd");
  std::filesystem::rename(file, folder_.path() / ".config/ankisyncd/ankisyncd.conf");
  EXPECT_EQ(Load({{"HOME", folder_.path().string()}}).config.port, 27702);
  EXPECT_EQ(Load({{"HOME", folder_.path().string()}}, {"--port", "1"}).config.port, 1);
}

TEST_F(PythonServer, ItsVariablesWinOverItsFileAndOursOverBoth) {
  const std::string file = FileWith(kShipped);
  const Config config = Load({{"ANKISYNCD_PORT", "4711"},
                              {"ANKISYNCD_BASE_URL", "/anki/sync"},
                              {"ANKISYNCD_BASE_MEDIA_URL", "/anki/msync/"},
                              {"ANKISYNCD_DATA_ROOT", "/elsewhere/users/"},
                              {"ANKISYNCD_DATA", "/ours"},
                              {"ANKISYNCD_AUTH_DB_PATH", "/a.db"}},
                             {file})
                            .config;
  EXPECT_EQ(config.port, 4711);
  EXPECT_EQ(config.base_path, "/anki");
  EXPECT_EQ(config.data, "/ours");
  EXPECT_EQ(config.python_server->data_root, "/elsewhere/users/");
  EXPECT_EQ(config.python_server->auth_db, "/a.db");
  EXPECT_EQ(config.python_server->session_db, "/data/session.db");
  EXPECT_EQ(Load({{"ANKISYNCD_DATA_ROOT", "/elsewhere/users/"}}).config.data,
            "/elsewhere/ankisyncd");
}

TEST_F(PythonServer, WhatIsGoneIsNamed) {
  const Loaded loaded =
      Load({{"ANKISYNCD_COGNITO_REGION", "us-east-1"}}, {FileWith("[sync_app]\n"
                                                                  "user_manager = some.Class\n"
                                                                  "session_manager =\n"
                                                                  "auth_db_path =\n"
                                                                  "base_url = /elsewhere/\n"
                                                                  "debug = 1\n")});
  EXPECT_THAT(loaded.warnings,
              ElementsAre(AllOf(HasSubstr("auth_db_path"), HasSubstr("let everybody in")),
                          HasSubstr("base_url"), HasSubstr("cognito_region (ANKISYNCD_COGNITO"),
                          HasSubstr("debug"), HasSubstr("conf:2) is gone")));
  EXPECT_FALSE(loaded.config.python_server);
}

TEST_F(PythonServer, ItsFileIsReadAsPythonReadsIt) {
  EXPECT_EQ(Load({}, {FileWith("[other]\nport = x\n[sync_app]\nbase_port=77\nport=%(base_port)s\n"
                               "data_root=/50%%/%(port)s\n")})
                .config.python_server->data_root,
            "/50%/%(base_port)s");
  EXPECT_THAT(ErrorOf(FileWith("[sync_app]\nport = 50%\n")), HasSubstr("conf:2: a percent sign"));
  EXPECT_THAT(ErrorOf(FileWith("[sync_app]\nport = %(none)s\n")), HasSubstr("no key none"));
  EXPECT_THAT(ErrorOf(FileWith("[sync_app]\nport\n")), HasSubstr("conf:2: this line"));
  EXPECT_THAT(ErrorOf(FileWith("[sync_app]\nport = x\n")), HasSubstr("conf:2: port cannot be"));
  EXPECT_THAT(ErrorOf(FileWith("[sync]\n")), HasSubstr("no section [sync_app]"));
  EXPECT_THAT(ErrorOf("/nowhere/ankisyncd.conf"), HasSubstr("/nowhere/ankisyncd.conf"));
}

TEST_F(PythonServer, AHeaderThatNobodyIsBelievedIsWarnedOf) {
  EXPECT_THAT(Load({{"SYNC_BASE", "/d"}, {"SYNC_IP_HEADER", "XRealIp"}}).warnings,
              Contains(HasSubstr("proxy.trusted has no proxy")));
  EXPECT_THAT(
      Load({{"SYNC_BASE", "/d"}, {"SYNC_IP_HEADER", "XRealIp"}}, {"--proxy-trusted", "10.0.0.1"})
          .warnings,
      testing::IsEmpty());
}

}  // namespace
}  // namespace ankisync
