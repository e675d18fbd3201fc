// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/sync_header.h"

#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync::protocol {
namespace {

TEST(SyncHeader, GivesItsFourMembersAndIgnoresOthers) {
  const SyncHeader header =
      ParseSyncHeader(R"({"v":11,"k":"key","c":"26.09.3,x,linux","s":"P.=v*kx","more":[1]})");
  EXPECT_EQ(header.version, 11);
  EXPECT_EQ(header.hkey, "key");
  EXPECT_EQ(header.client, "26.09.3,x,linux");
  EXPECT_EQ(header.skey, "P.=v*kx");
}

class BadSyncHeader : public testing::TestWithParam<const char*> {};

TEST_P(BadSyncHeader, IsAMalformedRequest) {
  try {
    ParseSyncHeader(GetParam());
    FAIL() << "accepted";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadSyncHeader,
    testing::Values("", "null", "{}", R"({"v":11,"k":"","c":""})",
                    R"({"v":11,"k":null,"c":"","s":""})", R"({"v":"11","k":"","c":"","s":""})",
                    R"({"v":11.0,"k":"","c":"","s":""})", R"({"v":7,"k":"","c":"","s":""})",
                    R"({"v":267,"k":"","c":"","s":""})", R"({"v":11,"v":11,"k":"","c":"","s":""})",
                    R"({"v":11,"k":"é","c":"","s":""})"));

}  // namespace
}  // namespace ankisync::protocol
