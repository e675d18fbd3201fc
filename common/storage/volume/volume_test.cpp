// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <limits>
#include <thread>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/volume/other_process.h"

namespace ankisync {
namespace {

using testing::HasSubstr;

// What the operator reads; empty when nothing was thrown.
template <typename Action>
std::string Refusal(Action&& action) {
  try {
    action();
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    return error.what();
  }
  return "";
}

std::vector<std::string> Troubles(const Volume& volume) {
  std::vector<std::string> troubles;
  for (const auto& [check, trouble] : volume.Check()) {
    if (!trouble.empty()) troubles.push_back(std::string(check) + ": " + trouble);
  }
  return troubles;
}

TEST(Volume, IsMadeOnceAndFoundAgain) {
  const TemporaryFolder folder;
  const Volume made(folder / "a/b", Volume::Create::kIfMissing);
  EXPECT_TRUE(made.was_created());
  const Volume found(folder / "a/b", Volume::Create::kIfMissing);
  EXPECT_FALSE(found.was_created());
  EXPECT_EQ(found.id(), made.id());
  EXPECT_EQ(Volume(folder / "a/b", Volume::Create::kNever).id(), made.id());
  EXPECT_TRUE(Troubles(made).empty());
}

TEST(Volume, IsNeverSeenInAnEmptyFolderSinceAnUnmountedDiskLooksLikeThat) {
  const TemporaryFolder folder;
  EXPECT_THAT(Refusal([&] { Volume(folder.path(), Volume::Create::kNever); }),
              HasSubstr("volume init"));
  EXPECT_THAT(Refusal([&] { Volume(folder / "none", Volume::Create::kNever); }),
              HasSubstr("volume init"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Volume, OfAnotherKindOrALaterFormatIsRefusedAndLeftAlone) {
  const TemporaryFolder folder;
  for (const char* marker : {"", "{", "[]", R"({"name":"docker"})", R"({"format":1,"id":""})",
                             R"({"format":2,"id":"0123"})", R"({"format":"1","id":"0123"})"}) {
    WriteFileAtomically(folder / "volume.json", marker);
    EXPECT_NE(Refusal([&] { Volume(folder.path(), Volume::Create::kIfMissing); }), "") << marker;
    EXPECT_EQ(ReadFile(folder / "volume.json", 100), marker);
  }
}

TEST(Volume, MadeBySeveralProgramsThatStartAtOnceIsOne) {
  const TemporaryFolder folder;
  std::vector<std::string> ids(8);
  {
    std::vector<std::jthread> programs;
    for (auto& id : ids) {
      programs.emplace_back([&] { id = Volume(folder / "data", Volume::Create::kIfMissing).id(); });
    }
  }
  EXPECT_THAT(ids, testing::Each(ids[0]));
}

TEST(Volume, IsNotReadyOnceItsDiskIsGoneOrAnotherIsThere) {
  const TemporaryFolder folder;
  const Volume volume(folder / "data", Volume::Create::kIfMissing);
  const Volume other(folder / "other", Volume::Create::kIfMissing);
  std::filesystem::rename(folder / "data", folder / "away");
  std::filesystem::create_directory(folder / "data");
  EXPECT_THAT(Troubles(volume), testing::ElementsAre(HasSubstr("mounted")));
  EXPECT_THAT(Refusal([&] { volume.UserFolder("ada"); }), HasSubstr("mounted"));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "data"));

  std::filesystem::remove(folder / "data");
  std::filesystem::rename(folder / "other", folder / "data");
  EXPECT_THAT(Troubles(volume), testing::ElementsAre(HasSubstr("another volume")));
  EXPECT_THAT(Refusal([&] { volume.UserFolder("ada"); }), HasSubstr("another volume"));
  EXPECT_FALSE(volume.holds_users());
}

TEST(Volume, IsNotReadyWithLittleSpaceLeft) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing,
                      {.free_bytes_min = std::numeric_limits<std::uint64_t>::max()});
  EXPECT_THAT(Troubles(volume), testing::ElementsAre(HasSubstr("free_space: ")));
}

TEST(Volume, KeepsUserFoldersFromOtherPeoplesEyes) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing);
  EXPECT_FALSE(volume.holds_users());
  const auto ada = volume.UserFolder("ada");
  EXPECT_EQ(ada, folder / "collections/users/ada");
  EXPECT_EQ(volume.UserFolder("ada"), ada);
  EXPECT_TRUE(volume.holds_users());
  EXPECT_THAT(volume.Folders(), testing::ElementsAre("ada"));
  struct stat status {};
  ASSERT_EQ(::stat(ada.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST(Volume, TakesNoPathForAUserFolder) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing);
  for (const char* name : {"", ".", "..", "../../etc", "a/b", "/"})
    EXPECT_THROW(volume.UserFolder(name), SyncError) << name;
}

TEST(Volume, GivesACollectionToOneProcessAndTellsTheNextWhichOne) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing);
  OtherProcess server([&] { return volume.LockUser("ada"); });
  ASSERT_TRUE(server.is_ready());
  EXPECT_THAT(Refusal([&] { volume.LockUser("ada"); }),
              HasSubstr("process " + std::to_string(server.pid())));
  EXPECT_EQ(Refusal([&] { volume.LockUser("eva"); }), "");
  server.Kill();
  EXPECT_EQ(Refusal([&] { volume.LockUser("ada"); }), "");
}

}  // namespace
}  // namespace ankisync
