// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/login_throttle.h"

#include <gtest/gtest.h>

#include <string>

namespace ankisync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LoginThrottleTest : public testing::Test {
 protected:
  // How long it has to wait; a minute stands for refused.
  milliseconds Wait(const char* name, const std::string& address) {
    try {
      return throttle_.TakeTurn({name, address, false});
    } catch (const LoginThrottled& throttled) {
      EXPECT_EQ(throttled.kind(), ErrorKind::kUnavailable);
      return std::chrono::minutes(1);
    }
  }
  void Fail(const char* name, const std::string& address, int times = 1) {
    for (int i = 0; i < times; ++i) throttle_.Failed({name, address, false});
  }

  ManualClock clock_{UnixMillis{1'700'000'000'000}};
  LoginThrottle throttle_{{.account = {4, seconds(1)},
                           .address = {8, seconds(1)},
                           .address_on_account = {2, seconds(60)},
                           .wait_max = seconds(3),
                           .keys_max = 100},
                          clock_};
};

constexpr char kGuesser[] = "198.51.100.1";
constexpr char kHome[] = "192.0.2.1";

TEST_F(LoginThrottleTest, NobodyWaitsWithinTheBudget) {
  Fail("ada", kGuesser, 3);
  EXPECT_EQ(Wait("ada", kGuesser), seconds(0));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Wait("ada", kHome), seconds(0)) << "only failures count";
  EXPECT_EQ(throttle_.size(), 3U);
}

TEST_F(LoginThrottleTest, BeyondItAttemptsTakeTurnsAndWhoeverIsTooLateIsRefused) {
  Fail("ada", kGuesser, 4);
  for (const int turn : {1, 2, 3}) EXPECT_EQ(Wait("ada", kGuesser), seconds(turn));
  EXPECT_EQ(Wait("ada", kGuesser), std::chrono::minutes(1));
  clock_.Advance(seconds(1));
  EXPECT_EQ(Wait("ada", kGuesser), seconds(3));
}

TEST_F(LoginThrottleTest, AStormOfFailuresIsForgottenAsSoonAsItsLast) {
  Fail("ada", kGuesser, 1000);
  EXPECT_EQ(Wait("ada", kGuesser), seconds(1));
  clock_.Advance(seconds(8));
  EXPECT_EQ(Wait("ada", kGuesser), seconds(0));
}

TEST_F(LoginThrottleTest, WhoDidNotGuessDoesNotWaitForThoseWhoDo) {
  Fail("ada", kGuesser, 100);
  EXPECT_EQ(Wait("ada", kHome), seconds(0));
  Fail("ada", kHome);
  EXPECT_EQ(Wait("ada", kHome), seconds(0)) << "anybody may mistype";
  Fail("ada", kHome);
  EXPECT_EQ(Wait("ada", kHome), seconds(1));
  throttle_.Succeeded({"ada", kHome, false});
  EXPECT_EQ(Wait("ada", kHome), seconds(0));
}

TEST_F(LoginThrottleTest, WhoGuessesManyNamesWaitsForItsAddress) {
  for (int i = 0; i < 8; ++i) Fail(("name" + std::to_string(i)).c_str(), kGuesser);
  EXPECT_EQ(Wait("another", kGuesser), seconds(1));
  EXPECT_EQ(Wait("another", kHome), seconds(0));
}

TEST_F(LoginThrottleTest, AnAddressThatManyPeopleHaveIsNotCounted) {
  const auto attempt = [](const std::string& name) {
    return LoginThrottle::Attempt(name, "127.0.0.1", true);
  };
  for (int i = 0; i < 20; ++i) throttle_.Failed(attempt("name" + std::to_string(i)));
  EXPECT_EQ(throttle_.TakeTurn(attempt("ada")), seconds(0));
}

TEST_F(LoginThrottleTest, OneMachineHasManyAddressesOfItsNetwork) {
  for (int i = 0; i < 8; ++i)
    Fail(("name" + std::to_string(i)).c_str(), "2001:db8:0:1::" + std::to_string(i + 1));
  EXPECT_EQ(Wait("another", "2001:db8:0:1:ffff::1"), seconds(1));
  EXPECT_EQ(Wait("another", "2001:db8:0:2::1"), seconds(0));
}

TEST_F(LoginThrottleTest, RemembersSoManyAndTheWorst) {
  Fail("ada", kGuesser, 100);
  for (int i = 0; i < 1000; ++i) {
    Fail(("name" + std::to_string(i)).c_str(), "10.0.0." + std::to_string(i % 250));
    EXPECT_LE(throttle_.size(), 100U);
    if (i % 10 == 0) Fail("ada", kGuesser);
  }
  EXPECT_EQ(Wait("ada", kGuesser), seconds(1));
}

}  // namespace
}  // namespace ankisync
