// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "files-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(Files, AnAtomicWriteReplacesTheWholeContentAndLeavesNoNeighbour) {
  WriteFileAtomically(folder_ / "a", "a long first content");
  WriteFileAtomically(folder_ / "a", "second");
  EXPECT_EQ(ReadFile(folder_ / "a", 100), "second");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(Files, AMissingFileIsNoErrorAndATooLongOneIs) {
  EXPECT_EQ(ReadFile(folder_ / "none", 10), std::nullopt);
  WriteFileAtomically(folder_ / "long", std::string(11, 'x'));
  EXPECT_THROW(ReadFile(folder_ / "long", 10), SyncError);
}

TEST_F(Files, AnUnnamedFileLeavesNothingInTheFolder) {
  const UniqueFd fd = OpenUnnamedFile(folder_);
  WriteAll(fd.get(), "bytes");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(Files, ACloneIsANewFileOfTheSameBytesAndReplacesNone) {
  const std::string bytes(200'000, 'x');
  WriteFileAtomically(folder_ / "a", bytes);
  CloneFile(folder_ / "a", folder_ / "b");
  EXPECT_EQ(ReadFile(folder_ / "b", 1 << 20), bytes);
  WriteFileAtomically(folder_ / "c", "kept");
  EXPECT_THROW(CloneFile(folder_ / "a", folder_ / "c"), SyncError);
  EXPECT_EQ(ReadFile(folder_ / "c", 100), "kept");
}

TEST_F(Files, ASourceReadsItsRangeAndRefusesAFileThatShrank) {
  WriteFileAtomically(folder_ / "a", "0123456789");
  const auto file = std::make_shared<const UniqueFd>(OpenFile(folder_ / "a", O_RDONLY));
  FileSource range(file, 2, 3);
  char buffer[10];
  EXPECT_EQ(range.Read(buffer), 3U);
  EXPECT_EQ(std::string_view(buffer, 3), "234");
  EXPECT_EQ(range.Read(buffer), 0U);
  FileSource beyond(file, 5, 10);
  EXPECT_EQ(beyond.Read(buffer), 5U);
  EXPECT_THROW(beyond.Read(buffer), SyncError);
}

}  // namespace
}  // namespace ankisync
