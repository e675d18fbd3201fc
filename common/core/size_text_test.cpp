// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/size_text.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(SizeText, IsWhatPeopleRead) {
  EXPECT_EQ(SizeText(0), "0 bytes");
  EXPECT_EQ(SizeText(1023), "1023 bytes");
  EXPECT_EQ(SizeText(1024), "1.0 KiB");
  EXPECT_EQ(SizeText((1 << 20) - 1), "1023.9 KiB");
  EXPECT_EQ(SizeText(100 << 20), "100.0 MiB");
  EXPECT_EQ(SizeText((std::int64_t{5} << 30) + (std::int64_t{1} << 29)), "5.5 GiB");
  EXPECT_EQ(SizeText(INT64_MAX), "8388607.9 TiB");
}

TEST(ParseSize, TakesWhatPeopleWrite) {
  for (const char* same : {"104857600", "100MiB", "100 MB", "100m", "100M", "102400KiB"})
    EXPECT_EQ(ParseSize(same), 100 << 20) << same;
  EXPECT_EQ(ParseSize("0"), 0);
  EXPECT_EQ(ParseSize("2T"), std::int64_t{2} << 40);
  for (const char* none :
       {"", "MiB", "-1", "1.5GiB", "1X", "1MiBs", "1 0", "9999999TiB", "100  MB"})
    EXPECT_FALSE(ParseSize(none)) << none;
}

}  // namespace
}  // namespace ankisync
