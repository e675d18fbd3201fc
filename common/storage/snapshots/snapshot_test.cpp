// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/core/error.h"
#include "common/storage/snapshots/restore.h"
#include "common/storage/snapshots/test_user.h"

namespace ankisync {
namespace {

constexpr UnixSeconds kNow{1'795'508'415};  // 2026-11-24T08:20:15Z
constexpr std::chrono::milliseconds kNoWait{0};

TEST(SnapshotName, SaysWhenAndWhy) {
  const std::string name = SnapshotName(kNow, Snapshot::Reason::kUpload);
  EXPECT_EQ(name, "20261124T082015Z-upload");
  const auto parsed = ParseSnapshotName(name);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->taken, kNow);
  EXPECT_EQ(parsed->reason, Snapshot::Reason::kUpload);
  for (const char* other : {"", "20261124T082015Z", "20261124T082015Z-", "20261124T082015Z-else",
                            "20261199T082015Z-daily", "tmp-1234567890123-daily"}) {
    EXPECT_FALSE(ParseSnapshotName(other)) << other;
  }
}

TEST(SnapshotDescription, IsReadAsItWasWritten) {
  Snapshot snapshot{.is_pinned = true, .collection_bytes = 4096};
  snapshot.facts = CollectionFacts{.mod = UnixMillis{3},
                                   .scm = UnixMillis{2},
                                   .usn = Usn{7},
                                   .counts = {.cards = 1, .notes = 2, .revlog = 3, .decks = 4},
                                   .damage = "row 1 missing"};
  Snapshot read;
  ReadDescription(Describe(snapshot), read);
  EXPECT_TRUE(read.is_pinned);
  EXPECT_EQ(read.collection_bytes, 4096U);
  ASSERT_TRUE(read.facts);
  EXPECT_EQ(read.facts->counts, snapshot.facts->counts);
  EXPECT_EQ(read.facts->usn, Usn{7});
  EXPECT_EQ(read.facts->damage, "row 1 missing");
}

TEST(SnapshotDescription, WhichIsDamagedDescribesNothing) {
  for (const char* text : {"", "{", "[]", R"({"pinned":3,"mod":1})"}) {
    Snapshot read;
    ReadDescription(text, read);
    EXPECT_FALSE(read.facts) << text;
    EXPECT_FALSE(read.is_pinned) << text;
  }
}

class SnapshotFolderTest : public testing::Test {
 protected:
  Snapshot Make(int seconds_later = 0) {
    return folder_.Make(user_.present(), Snapshot::Reason::kManual,
                        static_cast<UnixSeconds>(Raw(kNow) + seconds_later));
  }

  TestUser user_;
  SnapshotFolder folder_{user_.folder.path()};
  FileLock lock_ = folder_.Lock(kNoWait);
};

TEST_F(SnapshotFolderTest, ASnapshotIsWhatWasCommittedWhileASessionIsOpen) {
  user_.AddNote(1, 1);
  Collection session(user_.present());
  session.db.Script("BEGIN IMMEDIATE; DELETE FROM notes");
  const Snapshot made = Make();
  session.db.Script("COMMIT");
  EXPECT_EQ(made.facts->counts.notes, 1);
  EXPECT_EQ(made.facts->damage, "");
  EXPECT_LT(made.bytes, made.collection_bytes);
  folder_.Unpack(made, user_.folder / "unpacked");
  EXPECT_EQ(Collection(user_.folder / "unpacked").notes.Count(), 1);
  EXPECT_EQ(user_.notes(), 0);
}

TEST_F(SnapshotFolderTest, ListsThemOldestFirstAndFindsThemByWhatIsUnmistakable) {
  EXPECT_THAT(folder_.List(), testing::IsEmpty());
  const Snapshot first = Make();
  const Snapshot in_the_same_second = Make();
  const Snapshot last = Make(86'400);
  std::ofstream(folder_.path() / "note.txt") << "somebody's";
  const auto listed = folder_.List();
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed[0].name, first.name);
  EXPECT_EQ(listed[1].name, in_the_same_second.name);
  EXPECT_EQ(listed[1].facts->counts, first.facts->counts);
  EXPECT_EQ(folder_.Get("latest").name, last.name);
  EXPECT_EQ(folder_.Get("20261125").name, last.name);
  EXPECT_EQ(folder_.Get(first.name).name, first.name);
  EXPECT_THROW(folder_.Get("20261124"), SyncError);
  EXPECT_THROW(folder_.Get("2027"), SyncError);
  EXPECT_THROW(folder_.Get(""), SyncError);
}

TEST_F(SnapshotFolderTest, APinStaysWithItUntilItIsRemoved) {
  const Snapshot made = Make();
  folder_.SetPinned(made, true);
  EXPECT_TRUE(folder_.Get("latest").is_pinned);
  EXPECT_EQ(folder_.Get("latest").facts->counts, made.facts->counts);
  folder_.SetPinned(folder_.Get("latest"), false);
  EXPECT_FALSE(folder_.Get("latest").is_pinned);
  folder_.Remove(made);
  EXPECT_THAT(folder_.List(), testing::IsEmpty());
}

TEST_F(SnapshotFolderTest, WhatAKilledProcessLeftIsSwept) {
  { const FileLock released = std::move(lock_); }
  std::ofstream(folder_.path() / "tmp-0123") << "half a copy";
  const FileLock lock = folder_.Lock(kNoWait);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "tmp-0123"));
  EXPECT_THROW(folder_.Lock(kNoWait), SyncError);
}

TEST_F(SnapshotFolderTest, ADamagedOneIsNoticedAndNothingIsRestored) {
  user_.AddNote(1, 1);
  const Snapshot made = Make();
  const auto file = folder_.path() / (made.name + ".anki2.zst");
  std::filesystem::resize_file(file, made.bytes / 2);
  EXPECT_THROW(RestoreSnapshot(user_.folder.path(), made, UnixMillis{1}), SyncError);
  EXPECT_EQ(user_.generations.current(), 1);
  EXPECT_EQ(user_.notes(), 1);
  EXPECT_FALSE(std::filesystem::exists(user_.generations.NewFile()));
}

TEST_F(SnapshotFolderTest, ACollectionThatIsDamagedIsKeptAndSaidToBe) {
  user_.AddNote(1, 1);
  {
    std::fstream file(user_.present(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5 * 4096);
    file << std::string(4096, '\xff');
  }
  const Snapshot made = Make();
  EXPECT_NE(made.facts->damage, "");
  EXPECT_EQ(folder_.Get("latest").facts->damage, made.facts->damage);
  folder_.Unpack(made, user_.folder / "unpacked");
  EXPECT_EQ(std::filesystem::file_size(user_.folder / "unpacked"), made.collection_bytes);
}

TEST_F(SnapshotFolderTest, ARestoreIsNewerThanWhatItReplacesEvenWhenTheClockIsNot) {
  user_.AddNote(1, 1);
  const Snapshot made = Make();
  user_.AddNote(2, 2'000'000'000);  // mod: far in the future
  RestoreSnapshot(user_.folder.path(), made, UnixMillis{TestUser::kCreatedRaw});
  EXPECT_EQ(user_.generations.current(), 2);
  EXPECT_EQ(user_.notes(), 1);
  const ColRow col = Collection(user_.present()).col.Get();
  EXPECT_EQ(Raw(col.mod), TestUser::kCreatedRaw + 2'000'000'001);
  EXPECT_EQ(col.scm, col.mod);
  EXPECT_EQ(col.usn, Usn{1});
}

}  // namespace
}  // namespace ankisync
