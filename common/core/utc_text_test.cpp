// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/utc_text.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(UtcText, SaysTheSecondInUtc) {
  EXPECT_EQ(UtcText(UnixMillis{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcText(UnixMillis{1'709'209'845'999}), "2024-02-29T12:30:45Z");
}

}  // namespace
}  // namespace ankisync
