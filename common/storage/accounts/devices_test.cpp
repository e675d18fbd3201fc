// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "common/core/error.h"
#include "common/storage/accounts/test_volume.h"

namespace ankisync {
namespace {

using std::chrono::milliseconds;

constexpr AccountId kAda{1};
constexpr AccountId kEva{2};

class DevicesTest : public testing::Test {
 protected:
  Device Only(AccountId account) {
    const auto all = devices().List(account);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  }
  Devices& devices() { return program_.devices; }

  TestVolume test_;
  TestProgram program_{test_.volume};
};

TEST_F(DevicesTest, ALoginIsListedWithWhatTheClientSaidOfItself) {
  const DeviceId id = devices().Register(kAda, "key", {"26.08.1,dev,linux", "192.0.2.1"}, "laptop");
  const Device device = Only(kAda);
  EXPECT_EQ(device.id, id);
  EXPECT_EQ(device.label, "laptop");
  EXPECT_EQ(device.client.version, "26.08.1,dev,linux");
  EXPECT_EQ(device.client.address, "192.0.2.1");
  EXPECT_EQ(device.created, program_.clock.Now());
  EXPECT_EQ(device.last_used, program_.clock.Now());
  EXPECT_FALSE(device.revoked);
}

TEST_F(DevicesTest, WhatAClientSaysCannotPaintTheOperatorsTerminal) {
  devices().Register(kAda, "key", {"\x1B[31mred\n\xC3\xA9", std::string(1000, 'x')});
  EXPECT_EQ(Only(kAda).client.version, "?[31mred???");
  EXPECT_EQ(Only(kAda).client.address.size(), 200U);
}

TEST_F(DevicesTest, UseIsWrittenWhenFlushedAndNotBefore) {
  const DeviceId id = devices().Register(kAda, "key", {"old", "192.0.2.1"});
  const UnixMillis login = program_.clock.Now();
  program_.clock.Advance(milliseconds(5000));
  devices().NoteUse(id, {"new", "192.0.2.2"});
  EXPECT_EQ(Only(kAda).last_used, login);
  devices().FlushUse();
  EXPECT_EQ(Only(kAda).last_used, program_.clock.Now());
  EXPECT_EQ(Only(kAda).client.version, "new");
  EXPECT_EQ(Only(kAda).client.address, "192.0.2.2");
}

TEST_F(DevicesTest, UseThatCouldNotBeWrittenIsWrittenNextTime) {
  const DeviceId id = devices().Register(kAda, "key", {});
  program_.clock.Advance(milliseconds(5000));
  devices().NoteUse(id, {});
  {
    SharedDatabase::Change change(program_.sessions);
    change.db().Script("ALTER TABLE devices RENAME TO away");
    change.Commit();
  }
  EXPECT_THROW(devices().FlushUse(), SyncError);
  {
    SharedDatabase::Change change(program_.sessions);
    change.db().Script("ALTER TABLE away RENAME TO devices");
    change.Commit();
  }
  devices().FlushUse();
  EXPECT_EQ(Only(kAda).last_used, program_.clock.Now());
}

TEST_F(DevicesTest, RevokingOneLeavesTheOthersAlone) {
  const DeviceId phone = devices().Register(kAda, "phone", {});
  devices().Register(kAda, "laptop", {});
  devices().Register(kEva, "tablet", {});
  EXPECT_TRUE(devices().Revoke(phone));
  EXPECT_FALSE(devices().Revoke(phone));
  const auto of_ada = devices().List(kAda);
  EXPECT_FALSE(of_ada.at(0).revoked);
  EXPECT_EQ(of_ada.at(1).revoked, program_.clock.Now());

  devices().RevokeAll(kAda);
  EXPECT_TRUE(devices().List(kAda).at(0).revoked);
  EXPECT_FALSE(Only(kEva).revoked);
}

TEST_F(DevicesTest, AreCountedByTheirLastUse) {
  const auto counted = [this](UnixMillis since) {
    const DeviceCounts counts = devices().Count(since);
    return std::array{counts.week, counts.month, counts.earlier, counts.revoked};
  };
  const UnixMillis start = program_.clock.Now();
  const DeviceId lost = devices().Register(kAda, "lost", {"a", "b"});
  devices().Register(kEva, "old", {"a", "b"});
  program_.clock.Advance(std::chrono::hours(24 * 25));
  devices().Revoke(lost);
  devices().Register(kAda, "lately", {"a", "b"});
  program_.clock.Advance(std::chrono::hours(24 * 6));
  devices().Register(kAda, "now", {"a", "b"});
  EXPECT_EQ(counted(start), (std::array<std::int64_t, 4>{2, 0, 1, 1}));
  EXPECT_EQ(counted(program_.clock.Now())[3], 0) << "it was revoked before";
  program_.clock.Advance(std::chrono::hours(24 * 2));
  EXPECT_EQ(counted(start), (std::array<std::int64_t, 4>{1, 1, 1, 1}));
}

TEST_F(DevicesTest, ALabelIsTheOperators) {
  const DeviceId id = devices().Register(kAda, "key", {});
  EXPECT_TRUE(devices().SetLabel(id, "Büro"));
  EXPECT_EQ(Only(kAda).label, "Büro");
  EXPECT_FALSE(devices().SetLabel(DeviceId{99}, "x"));
}

TEST_F(DevicesTest, OneKeyIsOneDevice) {
  devices().Register(kAda, "key", {});
  EXPECT_THROW(devices().Register(kEva, "key", {}), SyncError);
}

TEST_F(DevicesTest, TooManyLoginsEndTheOneUsedLongestAgoAndRevokedOnesFirst) {
  {  // what a year of a careless script leaves, in one commit
    SharedDatabase::Change change(program_.sessions);
    change.db().Execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO devices (key_digest, account, label, client, address, created_ms,"
        " last_used_ms, revoked_ms)"
        " SELECT CAST(i AS BLOB), 1, '', '', '', i, i, iif(i = 500, 1, NULL) FROM n",
        kDevicesPerAccountMax);
    change.Commit();
  }
  const auto has = [&](std::int64_t created) {
    const auto all = devices().List(kAda);
    EXPECT_EQ(all.size(), kDevicesPerAccountMax);
    return std::any_of(all.begin(), all.end(),
                       [&](const Device& device) { return Raw(device.created) == created; });
  };
  devices().Register(kAda, "one more", {});
  EXPECT_FALSE(has(500));
  EXPECT_TRUE(has(1));
  devices().Register(kAda, "and another", {});
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(2));
}

}  // namespace
}  // namespace ankisync
