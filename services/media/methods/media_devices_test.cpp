// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "common/codec/json_read.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/media/verify.h"
#include "services/media/methods/testing/device.h"

// What people with several devices end up with. T4 to T10 follow the reference's own tests, whose
// T1 to T3 are about framings; S numbers a scenario of media_scenarios_test.cpp's list.
namespace ankisync::media::testing {
namespace {

namespace fs = std::filesystem;

class TwoDevices : public ::testing::Test {
 protected:
  TwoDevices() { Start(); }

  void Start() {
    server_.reset();
    server_ = std::make_unique<MediaServer>(data_.path());
  }
  // name, usn, live: by usn
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    const auto changes = json::Document::Parse(server_->Changes(0));
    for (const json::Value& row : changes.root().items()) {
      rows.push_back(std::string(row.items()[0].text()) + " " + std::string(row.items()[1].text()) +
                     (row.items()[2].text().empty() ? " deleted" : ""));
    }
    return rows;
  }
  Device NewDevice(const std::string& name) {
    return Device([this]() -> MediaServer& { return *server_; }, name);
  }

  const TemporaryFolder data_;
  std::unique_ptr<MediaServer> server_;
  Device a_ = NewDevice("a");
  Device b_ = NewDevice("b");
};

TEST_F(TwoDevices, T4_T5_TheSanityCheckComparesTheNumberOfFiles) {
  a_.folder = {{"x", "1"}, {"y", "2"}};
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(server_->Sanity(2), "OK");
  EXPECT_EQ(server_->Sanity(3), "mediaSanity");
}

TEST_F(TwoDevices, T6_T7_FollowEachOther) {
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  a_.folder = {{"manual1", "manual1"}, {"manual2", "manual2"}, {"auto1", "auto1"}};
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder, a_.folder);
  b_.folder["manual1"] = "changed1";
  b_.folder.erase("manual2");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(a_.folder["manual1"], "changed1");
  EXPECT_EQ(a_.folder, b_.folder);

  a_.folder.erase("manual1");
  b_.folder.erase("auto1");
  for (Device* device : {&a_, &b_, &a_}) EXPECT_EQ(device->Sync(), "");
  EXPECT_TRUE(a_.folder.empty());
  EXPECT_TRUE(b_.folder.empty());
}

TEST_F(TwoDevices, T8_TheSameAdditionTwiceTakesOneUsn) {
  a_.folder["auto"] = b_.folder["auto"] = "same";
  EXPECT_EQ(a_.Sync(), "");
  const int usn = server_->Usn();
  server_->Upload({{"auto", "same"}});
  EXPECT_EQ(server_->Usn(), usn);
  EXPECT_EQ(b_.Sync(), "");
}

TEST_F(TwoDevices, T9_TheSameDeletionTwiceTakesOneUsn) {
  a_.folder["auto"] = "same";
  a_.Sync();
  b_.Sync();
  a_.folder.clear();
  b_.folder.clear();
  EXPECT_EQ(a_.Sync(), "");
  const int usn = server_->Usn();
  server_->Upload({{"auto", std::nullopt}});
  EXPECT_EQ(server_->Usn(), usn);
  EXPECT_EQ(b_.Sync(), "");
}

TEST_F(TwoDevices, T10_InAConflictTheFirstToSyncWins) {
  a_.folder["diff"] = "1";
  b_.folder["diff"] = "2";
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(a_.folder["diff"], "1");
  EXPECT_EQ(b_.folder["diff"], "1");
}

// tests/vectors/media.json, client_scenarios: two real devices and the official server.
TEST_F(TwoDevices, EndWhereTheRealOnesDid) {
  a_.folder = {{"conf", "A"}, {"gone", "g"}, {"same", "1"}};
  b_.folder = {{"conf", "B"}};
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder, a_.folder);
  EXPECT_THAT(Rows(), ::testing::ElementsAre("conf 1", "gone 2", "same 3"));

  a_.folder.erase("gone");
  b_.folder["gone"] = "changed on B";
  for (Device* device : {&a_, &b_, &a_}) EXPECT_EQ(device->Sync(), "");
  EXPECT_EQ(a_.folder["gone"], "changed on B");
  EXPECT_THAT(Rows(), ::testing::ElementsAre("conf 1", "same 3", "gone 5"));

  b_.folder.erase("same");
  a_.folder["same"] = "2";
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder["same"], "2");
  EXPECT_THAT(Rows(), ::testing::ElementsAre("conf 1", "gone 5", "same 6"));

  a_.folder.erase("conf");
  b_.folder.erase("conf");
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_THAT(Rows(), ::testing::ElementsAre("gone 5", "same 6", "conf 7 deleted"));

  a_.folder["same"] = "3";
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(a_.folder, b_.folder);
  EXPECT_THAT(Rows(), ::testing::ElementsAre("gone 5", "conf 7 deleted", "same 8"));
}

// 9: upload during paging. The device's position moves page by page.
TEST_F(TwoDevices, S9_MissNothingThatIsUploadedWhileTheyPage) {
  for (int n = 0; n < 1100; n += 25) {
    Files files;
    for (int i = n; i < n + 25; ++i) files.emplace_back("f" + std::to_string(i), "content");
    server_->Upload(files);
  }
  const auto first_page = json::Document::Parse(server_->Changes(0));
  server_->Upload({{"f5", "replaced"}, {"f1050", "replaced too"}, {"f6", std::nullopt}});
  std::map<std::string, std::string> seen;
  const auto take = [&](const json::Value& page) {
    for (const json::Value& row : page.items())
      seen[std::string(row.items()[0].text())] = row.items()[2].text();
  };
  take(first_page.root());
  const auto second_page = json::Document::Parse(server_->Changes(1000));
  take(second_page.root());
  EXPECT_EQ(seen.size(), 1100U);
  EXPECT_EQ(seen["f5"], Hex(Sha1("replaced")));
  EXPECT_EQ(seen["f1050"], Hex(Sha1("replaced too")));
  EXPECT_EQ(seen["f6"], "");
}

// 22: also when the one that finds out is a third device.
TEST_F(TwoDevices, S22_SendALostFileAgainAndNobodyDeletesIt) {
  a_.folder = {{"kept", "1"}, {"lost", "2"}};
  a_.Sync();
  b_.Sync();
  fs::remove(server_->BlobOf("2"));
  Device late = NewDevice("late");
  EXPECT_EQ(late.Sync(), "409");
  EXPECT_EQ(late.Sync(), "");
  EXPECT_EQ(late.folder, (Device::Folder{{"kept", "1"}}));
  EXPECT_EQ(a_.Sync(), "mediaSanity");
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(late.Sync(), "");
  EXPECT_EQ(b_.SyncUntilQuiet(), 0);
  for (const Device* device : {&a_, &b_, &late})
    EXPECT_EQ(device->folder, (Device::Folder{{"kept", "1"}, {"lost", "2"}}));
}

TEST_F(TwoDevices, S22_SendEveryLostFileAgainAfterOneConflict) {
  for (int n = 0; n < 200; ++n) a_.folder["f" + std::to_string(n)] = "c" + std::to_string(n);
  a_.Sync();
  for (int n = 0; n < 200; n += 2) fs::remove(server_->BlobOf("c" + std::to_string(n)));
  EXPECT_EQ(b_.Sync(), "409");
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder.size(), 100U);
  EXPECT_EQ(a_.SyncUntilQuiet(), 1);
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder, a_.folder);
}

TEST_F(TwoDevices, S22_SendTheOnlyFileAgainWhenItIsLost) {
  a_.folder = {{"lost", "1"}};
  a_.Sync();
  fs::remove(server_->BlobOf("1"));
  EXPECT_EQ(b_.Sync(), "409");
  EXPECT_EQ(a_.SyncUntilQuiet(), 1);
  EXPECT_EQ(b_.Sync(), "");
  EXPECT_EQ(b_.folder, a_.folder);
}

// 28, and spec section 6: a restored backup, with devices that have seen later states.
class ARestoredBackup : public TwoDevices {
 protected:
  void Backup() {
    server_.reset();
    fs::copy(data_.path(), backup_ / "data", fs::copy_options::recursive);
    Start();
  }
  void Restore() {
    server_.reset();
    fs::remove_all(data_.path());
    fs::copy(backup_ / "data", data_.path(), fs::copy_options::recursive);
    Start();
  }
  const TemporaryFolder backup_;
};

TEST_F(ARestoredBackup, S28_LosesNoFileThatAnyDeviceHas) {
  a_.folder = {{"old", "1"}};
  a_.Sync();
  Backup();
  a_.folder["new"] = "2";
  a_.Sync();
  b_.Sync();
  Restore();
  EXPECT_EQ(a_.SyncUntilQuiet(), 1);
  EXPECT_EQ(b_.SyncUntilQuiet(), 0);
  EXPECT_EQ(a_.folder, (Device::Folder{{"old", "1"}, {"new", "2"}}));
  EXPECT_EQ(b_.folder, a_.folder);
  EXPECT_EQ(server_->Download({"new"})[0].content, "2");
}

// The reference answers OK here, and the device misses every change up to its own position.
TEST_F(ARestoredBackup, S28_LeadsADeviceThatIsAheadToReconcileEvenWhenTheNumbersAgree) {
  a_.folder = {{"old", "1"}};
  a_.Sync();
  Backup();
  a_.folder["new"] = "2";
  for (const char* more : {"x", "y"}) {
    a_.folder["new"] += more;
    a_.Sync();
  }
  Restore();
  b_.folder["other"] = "3";
  b_.Sync();
  ASSERT_LT(server_->Usn(), a_.position());
  EXPECT_EQ(a_.Sync(), "mediaSanity");
  EXPECT_EQ(a_.Sync(), "");
  EXPECT_EQ(b_.SyncUntilQuiet(), 0);
  EXPECT_EQ(a_.folder.size(), 3U);
  EXPECT_EQ(b_.folder, a_.folder);
}

TEST_F(ARestoredBackup, IsComparedWholeOnceItsRowsAreNumberedAnew) {
  a_.folder = {{"old", "1"}};
  a_.Sync();
  Backup();
  a_.folder["old"] = "2";
  a_.Sync();
  const int last_usn = server_->Usn();
  Restore();
  {
    const auto media = server_->MediaOf();
    MediaUpdate update(media->index(), media->now());
    update.Renumber(Usn{last_usn});
    update.Commit();
  }
  EXPECT_EQ(a_.Sync(), "");  // a conflict, in which the server wins
  EXPECT_EQ(a_.folder["old"], "1");
}

// Three replicas on one volume: every call goes to another.
TEST(ThreeReplicas, BehindARoundRobinServeDevicesThatEndWithEqualFolders) {
  const TemporaryFolder data;
  std::vector<std::unique_ptr<MediaServer>> replicas;
  for (int n = 0; n < 3; ++n) replicas.push_back(std::make_unique<MediaServer>(data.path()));
  std::atomic<std::size_t> turn = 0;
  const auto next = [&]() -> MediaServer& { return *replicas[turn++ % replicas.size()]; };
  std::vector<Device> devices;
  for (int n = 0; n < 3; ++n) devices.emplace_back(next, "device" + std::to_string(n));
  {
    std::vector<std::jthread> people;
    for (std::size_t n = 0; n < devices.size(); ++n) {
      people.emplace_back([&device = devices[n], n] {
        std::mt19937 random(static_cast<unsigned>(n));
        for (int round = 0; round < 12; ++round) {
          for (int change = 0; change < 4; ++change) {
            const std::string name = "file " + std::to_string(random() % 20);
            if (random() % 4 == 0) {
              device.folder.erase(name);
            } else {
              device.folder[name] = "content " + std::to_string(random() % 10);
            }
          }
          device.Sync();  // may end with an error: the others change files meanwhile
        }
      });
    }
  }
  for (int round = 0; round < 2; ++round) {
    for (Device& device : devices) device.SyncUntilQuiet();
  }
  EXPECT_EQ(devices[0].folder, devices[1].folder);
  EXPECT_EQ(devices[1].folder, devices[2].folder);
  const auto findings = VerifyMedia(*replicas[0]->MediaOf(), BlobStore::Depth::kContent);
  EXPECT_EQ(findings.lost, 0);
  EXPECT_FALSE(findings.totals_were_wrong);
}

}  // namespace
}  // namespace ankisync::media::testing
