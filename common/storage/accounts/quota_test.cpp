// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/quota.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(Quota, IsSilentWhileThereIsRoom) {
  EXPECT_EQ(QuotaWarning({}, {1000 * kMiB, 1000 * kMiB, 1'000'000}), "");
  EXPECT_EQ(QuotaWarning({100 * kMiB, 100 * kMiB, 100}, {89 * kMiB, 89 * kMiB, 89}), "");
}

TEST(Quota, WarnsWithTheNumbersBeforeItRefuses) {
  EXPECT_EQ(QuotaWarning({100 * kMiB, {}, {}}, {90 * kMiB, 0, 0}),
            "Your cards and notes take 90.0 MiB of the 100.0 MiB that you have on this server.");
  EXPECT_EQ(QuotaWarning({{}, 10 * kMiB, 100}, {0, 10 * kMiB, 95}),
            "Your media files take 10.0 MiB of the 10.0 MiB that you have on this server. Nothing "
            "new is taken until something is deleted. The number of your media files is 95 of the "
            "100 that you have on this server.");
}

TEST(Quota, RefusesWithTheNumbers) {
  EXPECT_EQ(CollectionRefusal(100 * kMiB, 105 * kMiB),
            "Your cards and notes would take 105.0 MiB, and you have 100.0 MiB on this server. "
            "Please delete what you do not need, and sync again in a minute.");
  EXPECT_EQ(MediaRefusal({{}, {}, 100}, {0, 5 * kMiB, 100}),
            "Your media files take 5.0 MiB on this server, and there are 100 of 100. The next one "
            "has no room: please delete some, and sync again.");
}

}  // namespace
}  // namespace ankisync
