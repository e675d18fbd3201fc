// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/spooled_bytes.h"

#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/core/temporary_folder.h"

namespace ankisync {
namespace {

class BytesSpooled : public testing::TestWithParam<std::size_t> {};

TEST_P(BytesSpooled, AreReadAtAnyPlaceAndLeaveNoFileBehind) {
  std::string text;
  for (int n = 0; n < 40'000; ++n) text += std::to_string(n);
  const TemporaryFolder folder;
  StringSource source(text);
  const SpooledBytes bytes(source, folder.path(), GetParam());
  ASSERT_EQ(bytes.size(), text.size());
  for (const std::size_t at : {std::size_t{0}, std::size_t{65'000}, text.size() - 10}) {
    std::string part(10, '\0');
    bytes.ReadAt(at, part);
    EXPECT_EQ(part, text.substr(at, 10));
  }
  std::string whole(text.size(), '\0');
  bytes.ReadAt(0, whole);
  EXPECT_EQ(whole, text);
  std::string beyond(11, '\0');
  EXPECT_THROW(bytes.ReadAt(text.size() - 10, beyond), SyncError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

INSTANTIATE_TEST_SUITE_P(MemoryBound, BytesSpooled,
                         testing::Values(0, 1, 65'536, 100'000, 10'000'000));

TEST(BytesSpooledNot, WhenThereIsNoRoomForThem) {
  StringSource source("text");
  EXPECT_THROW(SpooledBytes(source, "/nowhere", 3), SyncError);
}

}  // namespace
}  // namespace ankisync
