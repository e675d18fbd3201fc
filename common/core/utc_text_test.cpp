// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/utc_text.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(UtcText, SaysTheSecondInUtc) {
  EXPECT_EQ(UtcText(UnixMillis{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcText(UnixMillis{1'709'209'845'999}), "2024-02-29T12:30:45Z");
}

TEST(UtcText, GoesIntoNamesOfFilesAndBack) {
  EXPECT_EQ(CompactUtcText(UnixMillis{1'795'508'415'999}), "20261124T082015Z");
  EXPECT_EQ(ParseCompactUtcText("20261124T082015Z"), UnixSeconds{1'795'508'415});
  for (const char* other : {"", "20261124T082015", "20261199T082015Z", "20261124T082015Zx"})
    EXPECT_FALSE(ParseCompactUtcText(other)) << other;
}

}  // namespace
}  // namespace ankisync
