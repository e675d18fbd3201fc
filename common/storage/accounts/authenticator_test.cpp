// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/authenticator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() : ada_(server_.Add("ada")) {
    phone_ = server_.devices.Register(ada_.id, "phone", {});
    server_.devices.Register(ada_.id, "laptop", {});
  }

  TestVolume test_;
  TestProgram server_{test_.volume};
  TestProgram ctl_{test_.volume};  // another program's connections
  Authenticator authenticator_{server_.auth, server_.sessions};
  Account ada_;
  DeviceId phone_{};
};

TEST_F(AuthenticatorTest, AKeySaysWhoseItIs) {
  for (int cached = 0; cached < 2; ++cached) {
    const auto identity = authenticator_.Find("phone");
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->account, ada_.id);
    EXPECT_EQ(identity->device, phone_);
    EXPECT_EQ(identity->name, "ada");
    EXPECT_EQ(identity->folder, "ada");
    EXPECT_EQ(identity->state, AccountState::kEnabled);
    EXPECT_FALSE(identity->hold);
  }
  EXPECT_EQ(authenticator_.Find("phone"), authenticator_.Find("phone"));
  for (const char* unknown : {"", "Phone", "0.1.deadbeef"})
    EXPECT_FALSE(authenticator_.Find(unknown)) << unknown;
}

TEST_F(AuthenticatorTest, ARevokedDeviceIsUnknownOnItsNextRequest) {
  ASSERT_TRUE(authenticator_.Find("phone"));
  ctl_.devices.Revoke(phone_);
  EXPECT_FALSE(authenticator_.Find("phone"));
  EXPECT_TRUE(authenticator_.Find("laptop"));
}

TEST_F(AuthenticatorTest, ADeletedAccountsDevicesAreUnknownOnTheirNextRequest) {
  ASSERT_TRUE(authenticator_.Find("phone"));
  ctl_.accounts.Delete("ada");
  EXPECT_FALSE(authenticator_.Find("phone"));
}

TEST_F(AuthenticatorTest, EveryChangeOfAnAccountShowsOnTheNextRequest) {
  ASSERT_TRUE(authenticator_.Find("phone"));
  ctl_.accounts.Disable("ada");
  EXPECT_EQ(authenticator_.Find("phone")->state, AccountState::kDisabled);
  ctl_.accounts.Enable("ada");
  ctl_.accounts.Rename("ada", "eva");
  ctl_.accounts.SetQuota("eva", {.collection_bytes_max = 5});
  const auto identity = authenticator_.Find("phone");
  EXPECT_EQ(identity->state, AccountState::kEnabled);
  EXPECT_EQ(identity->name, "eva");
  EXPECT_EQ(identity->folder, "ada");
  EXPECT_EQ(identity->quota.collection_bytes_max, 5);
}

TEST_F(AuthenticatorTest, AHoldShowsOnTheNextRequestTheAccountsOwnBeforeEverybodys) {
  const auto reason = [&] {
    const auto identity = authenticator_.Find("phone");
    return identity->hold ? identity->hold->reason : "";
  };
  EXPECT_EQ(reason(), "");
  ctl_.holds.Place(AccountId{1}, "restore", "Not for ada.");
  EXPECT_EQ(reason(), "");
  ctl_.holds.Place(std::nullopt, "maintenance", "Back at nine.");
  EXPECT_EQ(reason(), "maintenance");
  ctl_.holds.Place(ada_.id, "restore", "One moment.");
  EXPECT_EQ(reason(), "restore");
  ctl_.holds.Lift(ada_.id, "restore");
  EXPECT_EQ(authenticator_.Find("phone")->hold->sentence, "Back at nine.");
}

TEST_F(AuthenticatorTest, ManyThreadsFindTheirOwnKeysWhileAccountsChange) {
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (const char* key : {"phone", "laptop", "phone", "laptop"}) {
      threads.emplace_back([&, key] {
        while (!over) {
          const auto identity = authenticator_.Find(key);
          const bool is_phone = identity && identity->device == phone_;
          if (!identity || is_phone != (key == std::string_view("phone"))) ++wrong;
        }
      });
    }
    for (int change = 0; change < 20; ++change) {
      ctl_.accounts.SetQuota("ada", {.collection_bytes_max = change});
      server_.devices.SetLabel(phone_, std::to_string(change));
    }
    over = true;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(authenticator_.Find("phone")->quota.collection_bytes_max, 19);
}

}  // namespace
}  // namespace ankisync
