// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/ip_address.h"

#include <gtest/gtest.h>

namespace ankisync {
namespace {

TEST(IpAddress, IsTheSameInEverySpelling) {
  EXPECT_EQ(IpAddress::Parse("::ffff:192.0.2.1"), IpAddress::Parse("192.0.2.1"));
  EXPECT_EQ(IpAddress::Parse("2001:DB8:0::1"), IpAddress::Parse("2001:db8::1"));
  EXPECT_NE(IpAddress::Parse("192.0.2.1"), IpAddress::Parse("192.0.2.2"));
  EXPECT_TRUE(IpAddress::Parse("::ffff:192.0.2.1")->is_v4());
  EXPECT_FALSE(IpAddress::Parse("2001:db8::1")->is_v4());
  for (const char* none :
       {"", "localhost", "192.0.2", "192.0.2.1:80", "[::1]", "192.0.2.1 ", "unknown"})
    EXPECT_FALSE(IpAddress::Parse(none)) << none;
}

TEST(IpAddress, KnowsLoopback) {
  for (const char* here : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(IpAddress::Parse(here)->is_loopback()) << here;
  for (const char* elsewhere : {"128.0.0.1", "::2", "0.0.0.0", "::"})
    EXPECT_FALSE(IpAddress::Parse(elsewhere)->is_loopback()) << elsewhere;
}

struct Case {
  const char* network;
  const char* inside;
  const char* outside;
};

class Networks : public testing::TestWithParam<Case> {};

TEST_P(Networks, ContainWhatBeginsLikeThem) {
  const auto [text, inside, outside] = GetParam();
  const auto network = IpNetwork::Parse(text);
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->Contains(*IpAddress::Parse(inside)));
  EXPECT_FALSE(network->Contains(*IpAddress::Parse(outside)));
}

INSTANTIATE_TEST_SUITE_P(IpNetwork, Networks,
                         testing::Values(Case{"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
                                         Case{"10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"},
                                         Case{"192.0.2.128/25", "192.0.2.200", "192.0.2.127"},
                                         Case{"192.0.2.1", "192.0.2.1", "192.0.2.0"},
                                         Case{"fd00::/8", "fdff::1", "fe00::"},
                                         Case{"::1", "::1", "::"},
                                         Case{"0.0.0.0/0", "203.0.113.9", "2001:db8::1"}),
                         [](const auto& one) { return "Case" + std::to_string(one.index); });

TEST(IpNetwork, OfNoSuchSizeIsNone) {
  for (const char* none :
       {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "fd00::/129", "/8", "proxy"})
    EXPECT_FALSE(IpNetwork::Parse(none)) << none;
}

}  // namespace
}  // namespace ankisync
