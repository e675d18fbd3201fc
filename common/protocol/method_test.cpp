// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/method.h"

#include <gtest/gtest.h>

namespace ankisync::protocol {
namespace {

struct Case {
  std::string_view path;
  Method method;
  std::string_view base_path = {};
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.path; }

class Path : public testing::TestWithParam<Case> {};

TEST_P(Path, ReachesTheMethod) {
  const auto target = TargetOf(GetParam().path, GetParam().base_path);
  ASSERT_TRUE(target && target->info);
  EXPECT_EQ(target->info->method, GetParam().method);
}

INSTANTIATE_TEST_SUITE_P(Tolerant, Path,
                         testing::Values(Case{"/sync/meta", Method::kMeta},
                                         Case{"//sync//meta", Method::kMeta},
                                         Case{"/sync/meta/", Method::kMeta},
                                         Case{"/sync/sync/meta", Method::kMeta},
                                         Case{"/msync/begin", Method::kMediaBegin},
                                         Case{"/sync/msync/begin", Method::kMediaBegin},
                                         Case{"/msync//begin", Method::kMediaBegin},
                                         Case{"/anki/sync/hostKey", Method::kHostKey, "/anki/"},
                                         Case{"/sync/hostKey", Method::kHostKey, "/anki"}));

TEST(Path, ANameThatNoMethodHasStaysInItsArea) {
  EXPECT_EQ(TargetOf("/sync/Meta")->info, nullptr);
  EXPECT_EQ(TargetOf("/sync/begin")->info, nullptr);
  EXPECT_EQ(TargetOf("/msync/meta")->area, Area::kMedia);
}

TEST(Path, AnythingElseIsNoTarget) {
  for (const auto* path : {"", "/", "/sync", "/sync/", "/other/meta", "/a/sync/meta", "/health"}) {
    EXPECT_FALSE(TargetOf(path)) << path;
  }
}

TEST(Path, ManySlashesCostNothing) {
  EXPECT_TRUE(TargetOf(std::string(16000, '/') + "sync/meta")->info);
  std::string deep;
  for (int i = 0; i < 8000; ++i) deep += "/sync";
  EXPECT_FALSE(TargetOf(deep + "/meta"));
}

TEST(Methods, AreListedInTheOrderOfTheirEnumeration) {
  for (std::size_t i = 0; i < kMethods.size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(kMethods[i].method), i);
}

}  // namespace
}  // namespace ankisync::protocol
