// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/login_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "common/codec/json_value.h"
#include "common/core/hash.h"
#include "common/storage/accounts/authenticator.h"
#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

constexpr char kOfficialHashOfPass[] =
    "$pbkdf2-sha256$i=600000,l=32$tonuvYGpksNFQBlEmm3lxg$"
    "oQ1sqlkoU7Qn72xNoIq+NHyW3yOOER8EZ6mIJiv5GYc";

class LoginDeskTest : public testing::Test {
 protected:
  // A server that was started on these values of SYNC_USER1, 2 …
  void Start(const std::vector<std::string>& values, bool hashed = false,
             const LoginDesk::Settings& settings = {.cost = kCheapHash}) {
    std::vector<EnvironmentAccount> named;
    for (const std::string& value : values) {
      const auto colon = value.find(':');
      named.push_back(
          {"SYNC_USER" + std::to_string(named.size() + 1), value.substr(0, colon),
           value.substr(colon + 1),
           hashed ? EnvironmentAccount::Secret::kHashed : EnvironmentAccount::Secret::kPlain});
    }
    program_.accounts.AdoptEnvironment(named);
    desk_.emplace(program_.accounts, program_.devices, program_.clock, std::move(named), settings);
  }

  std::string Login(std::string_view name, std::string_view password) {
    return desk_->Login(name, password, {"26.08.1,dev,linux", "192.0.2.1"});
  }
  int StatusOf(std::string_view name, std::string_view password) {
    try {
      const auto key = Login(name, password);
      EXPECT_TRUE(authenticator_.Find(key));
      return 200;
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kWrongCredentials);
      return 403;
    }
  }

  TestVolume test_;
  TestProgram program_{test_.volume};
  Authenticator authenticator_{program_.auth, program_.sessions};
  std::optional<LoginDesk> desk_;
};

TEST_F(LoginDeskTest, EveryLoginIsADeviceWithAKeyOfItsOwn) {
  Start({});
  const Account ada = program_.Add("ada");
  const auto phone = Login("ada", "geheim");
  const auto laptop = Login("ada", "geheim");
  EXPECT_NE(phone, laptop);
  EXPECT_EQ(authenticator_.Find(phone)->account, ada.id);
  EXPECT_NE(authenticator_.Find(phone)->device, authenticator_.Find(laptop)->device);
  const auto devices = program_.devices.List(ada.id);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].client.version, "26.08.1,dev,linux");
}

TEST_F(LoginDeskTest, AWrongPasswordAndAnUnknownUserDifferForTheOperatorOnly) {
  Start({"eva:geheim"});
  program_.Add("ada");
  const auto why = [&](std::string_view name, std::string_view password) {
    try {
      Login(name, password);
    } catch (const LoginRefused& refused) {
      EXPECT_EQ(refused.kind(), ErrorKind::kWrongCredentials);
      return refused.why();
    }
    throw std::logic_error("let in");
  };
  for (const char* name : {"ada", "eva"}) {
    for (const char* password : {"", "geheim ", "Geheim"})
      EXPECT_EQ(why(name, password), LoginRefused::Why::kWrongPassword);
  }
  for (const char* name : {"", "Ada", "ada ", "nobody", "\xFF"})
    EXPECT_EQ(why(name, "geheim"), LoginRefused::Why::kUnknownUser);
}

TEST_F(LoginDeskTest, ADisabledAccountLogsInSinceMetaTellsItWhy) {
  Start({});
  program_.Add("ada");
  program_.accounts.Disable("ada");
  EXPECT_EQ(authenticator_.Find(Login("ada", "geheim"))->state, AccountState::kDisabled);
}

TEST_F(LoginDeskTest, AnImportedHashIsVerifiedOnceAndThenOurs) {
  Start({});
  program_.accounts.Add("user", kOfficialHashOfPass);
  program_.accounts.Add("alice", HashOfPythonServer("alice",
                                                    "5b94f3e870165d65d20308f52d65b4068dd73edc7f6c65"
                                                    "ae63e80e5957acc0440011223344556677"));
  EXPECT_EQ(StatusOf("user", "wrong"), 403);
  EXPECT_EQ(program_.accounts.Find("user")->password_hash, kOfficialHashOfPass);
  for (const auto& [name, password] : {std::pair("user", "pass"), std::pair("alice", "secret")}) {
    EXPECT_EQ(StatusOf(name, password), 200);
    EXPECT_THAT(program_.accounts.Find(name)->password_hash, testing::StartsWith("$argon2id$"));
    EXPECT_EQ(StatusOf(name, password), 200);
    EXPECT_EQ(StatusOf(name, "wrong"), 403);
  }
}

TEST(LoginDesk, NeverWritesAVariablesPassword) {
  const TestVolume test;
  {
    TestProgram program(test.volume);
    const EnvironmentAccount ada{"SYNC_USER1", "ada", "Zx9-unmistakable",
                                 EnvironmentAccount::Secret::kPlain};
    program.accounts.AdoptEnvironment({&ada, 1});
    LoginDesk(program.accounts, program.devices, program.clock, {ada}, {.cost = kCheapHash})
        .Login("ada", "Zx9-unmistakable", {});
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test.folder.path())) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    EXPECT_EQ(bytes.str().find("unmistakable"), std::string::npos) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3);  // volume.json, auth.db, session.db
}

TEST_F(LoginDeskTest, AnAccountOfTheDatabaseHasItsOwnPasswordAndNotTheVariables) {
  program_.Add("ada", "of the database");
  Start({"ada:of the variable"});
  EXPECT_EQ(StatusOf("ada", "of the database"), 200);
  EXPECT_EQ(StatusOf("ada", "of the variable"), 403);
}

TEST_F(LoginDeskTest, WhomTheEnvironmentNoLongerNamesCannotLogInAndStaysKnown) {
  Start({"ada:geheim"});
  const auto key = Login("ada", "geheim");
  Start({});
  EXPECT_EQ(StatusOf("ada", "geheim"), 403);
  EXPECT_EQ(authenticator_.Find(key)->state, AccountState::kWithdrawn);
}

TEST_F(LoginDeskTest, EveryAttemptTakesItsTurnAtHashingWhoeverItIs) {
  const LoginDesk::Settings no_turns{.cost = kCheapHash,
                                     .hashing = {.at_once_max = 0, .waiting_max = 0}};
  program_.Add("ada");
  Start({"eva:geheim"}, false, no_turns);
  for (const char* name : {"ada", "eva", "nobody"}) {
    try {
      Login(name, "geheim");
      FAIL() << name;
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << name;
    }
  }
}

TEST_F(LoginDeskTest, AnUnknownUserCostsWhatAKnownOneCosts) {
  const Argon2Cost cost{.passes = 2, .memory_bytes = 8 << 20};
  program_.accounts.Add("ada", HashPassword("geheim", cost));
  Start({"eva:geheim"}, false, {.cost = cost});
  const auto cpu_ns = [&](std::string_view name) {
    std::int64_t least = INT64_MAX;
    for (int attempt = 0; attempt < 3; ++attempt) {
      timespec before{};
      timespec after{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
      EXPECT_THROW(Login(name, "wrong"), LoginRefused);
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
      least = std::min<std::int64_t>(
          least, (after.tv_sec - before.tv_sec) * 1'000'000'000 + after.tv_nsec - before.tv_nsec);
    }
    return least;
  };
  const auto known = cpu_ns("ada");
  for (const char* name : {"eva", "nobody"}) {
    EXPECT_GT(cpu_ns(name), known / 2) << name;
    EXPECT_LT(cpu_ns(name), known * 2) << name;
  }
}

TEST_F(LoginDeskTest, AfterManyWrongPasswordsTheNextWaitsForItsTurnAndTheRightOneGetsIn) {
  std::vector<std::chrono::milliseconds> waits;
  program_.Add("ada");
  Start({}, false,
        {.cost = kCheapHash,
         .throttle = {.account = {5, std::chrono::seconds(1)},
                      .address = {50, std::chrono::seconds(1)}},
         .wait = [&](std::chrono::milliseconds time) {
           waits.push_back(time);
           program_.clock.Advance(time);
         }});
  for (int guess = 0; guess < 8; ++guess) EXPECT_EQ(StatusOf("ada", "wrong"), 403);
  EXPECT_EQ(waits, std::vector(3, std::chrono::milliseconds(1000)));
  EXPECT_EQ(StatusOf("ada", "geheim"), 200);
  EXPECT_EQ(waits.size(), 4U);
}

TEST_F(LoginDeskTest, ALoginThatWouldWaitForTooLongIsNotAWrongPassword) {
  program_.Add("ada");
  const LoginThrottle::Budget one{1, std::chrono::minutes(1)};
  Start({}, false, {.cost = kCheapHash, .throttle = {.account = one, .address_on_account = one}});
  EXPECT_EQ(StatusOf("ada", "wrong"), 403);
  EXPECT_THROW(Login("ada", "geheim"), LoginThrottled);
}

TEST_F(LoginDeskTest, AnAddressThatManyPeopleHaveIsNotCounted) {
  program_.Add("ada");
  const LoginThrottle::Settings strict{.address = {1, std::chrono::minutes(1)}};
  const auto is_shared = [](std::string_view address) { return address == "192.0.2.1"; };
  Start({}, false, {.cost = kCheapHash, .throttle = strict});
  EXPECT_EQ(StatusOf("nobody", "x"), 403);
  EXPECT_THROW(Login("ada", "geheim"), LoginThrottled);
  Start({}, false, {.cost = kCheapHash, .throttle = strict, .is_shared = is_shared});
  EXPECT_EQ(StatusOf("nobody", "x"), 403);
  EXPECT_EQ(StatusOf("ada", "geheim"), 200);
}

TEST_F(LoginDeskTest, OnlySoManyWaitForTheirTurn) {
  program_.Add("ada");
  const LoginThrottle::Budget one{1, std::chrono::seconds(1)};
  Start({}, false,
        {.cost = kCheapHash,
         .throttle = {.account = one, .address_on_account = one},
         .waiting_max = 0});
  EXPECT_EQ(StatusOf("ada", "wrong"), 403);
  EXPECT_THROW(Login("ada", "geheim"), LoginThrottled);
}

// protocol.json `accounts`: a line is [what, status, answer]. On purpose ours differs in one thing:
// the official server's key is the SHA-1 of the variable, which is a fast unsalted hash of the
// password and cannot be revoked; our keys are random. An import registers the old ones.
TEST_F(LoginDeskTest, TheOfficialServersVariablesLetInWhomTheyLetIn) {
  const std::string variable = "user:" + std::string(kOfficialHashOfPass);
  std::ostringstream text;
  text << std::ifstream(ANKISYNC_VECTORS "/protocol.json").rdbuf();
  const auto vectors = json::Document::Parse(text.str());
  int logins = 0;
  for (const json::Value& line : vectors.root().Find("accounts")->items()) {
    const std::string_view what = line.items()[0].text();
    const auto at = what.find("login ");
    if (what.starts_with("expected key")) {
      EXPECT_EQ(line.items()[1].text(), Hex(Sha1(variable)));
      continue;
    }
    if (what == "folder names") {
      for (const json::Value& name : line.items()[1].items())
        EXPECT_EQ(program_.accounts.Find(name.text())->folder, name.text());
      continue;
    }
    ASSERT_NE(at, std::string_view::npos) << what;
    if (what.starts_with("PASSWORDS_HASHED")) {
      Start({variable, "b:" + std::string(kOfficialHashOfPass)}, true);
    } else {
      Start({"user:pass:with:colons", "é ü:p"});
    }
    const std::string_view credentials = what.substr(at + 6);
    const auto slash = credentials.find('/');
    EXPECT_EQ(std::to_string(StatusOf(credentials.substr(0, slash), credentials.substr(slash + 1))),
              line.items()[1].text())
        << what;
    ++logins;
  }
  EXPECT_EQ(logins, 6);
}

TEST_F(LoginDeskTest, AKeyOfAnotherServerWorksOnceItIsRegistered) {
  Start({"user:pass"});
  const std::string official = Hex(Sha1("user:pass"));
  EXPECT_EQ(official, "b2619aa1529dfdc4248e6edbf3c1b2a2b014cf6d");
  EXPECT_FALSE(authenticator_.Find(official));
  const auto user = program_.accounts.Find("user");
  program_.devices.Register(user->id, official, {}, "from the official server");
  EXPECT_EQ(authenticator_.Find(official)->account, user->id);
}

}  // namespace
}  // namespace ankisync
