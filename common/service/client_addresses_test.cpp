// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/client_addresses.h"

#include <gtest/gtest.h>

namespace ankisync::service {
namespace {

struct Case {
  std::string name;
  std::string peer;
  std::string header;
  std::vector<std::string> values;
  std::string client;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ClientAddress : public testing::TestWithParam<Case> {};

TEST_P(ClientAddress, IsTheOneThatTrustedProxiesSaw) {
  const Case& c = GetParam();
  const std::vector<std::string> trusted = {"10.0.0.0/8", "::1"};
  http::RequestHead head;
  head.peer_address = c.peer;
  head.headers.Add("user-agent", "203.0.113.99");
  for (const std::string& value : c.values) head.headers.Add(c.header, value);
  EXPECT_EQ(ClientAddresses(trusted, c.header).Of(head), c.client);
}

constexpr char kXff[] = "x-forwarded-for";

INSTANTIATE_TEST_SUITE_P(
    Requests, ClientAddress,
    testing::Values(
        Case{"NoProxy", "203.0.113.5", kXff, {}, "203.0.113.5"},
        Case{"AStrangersWordIsNothing", "203.0.113.5", kXff, {"192.0.2.1"}, "203.0.113.5"},
        Case{"AProxyThatDoesNotTell", "10.0.0.1", kXff, {}, "10.0.0.1"},
        Case{"AProxyThatTells", "10.0.0.1", kXff, {"192.0.2.1"}, "192.0.2.1"},
        Case{"MappedPeer", "::ffff:10.0.0.1", kXff, {"192.0.2.1"}, "192.0.2.1"},
        Case{"TwoProxies", "10.0.0.1", kXff, {"192.0.2.1, 10.9.9.9"}, "192.0.2.1"},
        Case{"TwoLines", "10.0.0.1", kXff, {"192.0.2.1", "10.9.9.9"}, "192.0.2.1"},
        Case{"WhatTheClientMadeUp", "10.0.0.1", kXff, {"127.0.0.1, 192.0.2.1"}, "192.0.2.1"},
        Case{"AClientAmongTheProxies", "10.0.0.1", kXff, {"10.1.1.1, 10.9.9.9"}, "10.1.1.1"},
        Case{"Garbage", "10.0.0.1", kXff, {"192.0.2.1, unknown"}, "10.0.0.1"},
        Case{"GarbageBehindAProxy", "10.0.0.1", kXff, {"<x>,10.9.9.9"}, "10.9.9.9"},
        Case{"Port", "::1", kXff, {"192.0.2.1:4711"}, "192.0.2.1"},
        Case{"Ipv6", "::1", kXff, {"2001:db8::1"}, "2001:db8::1"},
        Case{"Ipv6WithPort", "::1", kXff, {"[2001:db8::1]:4711"}, "2001:db8::1"},
        Case{"Bracket", "::1", kXff, {"["}, "::1"}, Case{"Empty", "::1", kXff, {""}, "::1"},
        Case{"RealIp", "::1", "x-real-ip", {"192.0.2.1"}, "192.0.2.1"},
        Case{"Forwarded",
             "::1",
             "forwarded",
             {"by=x;For=\"[2001:db8::1]:80\", for=10.0.0.3;proto=https"},
             "2001:db8::1"},
        Case{"ForwardedHidden", "::1", "forwarded", {"for=_hidden"}, "::1"},
        Case{"ForwardedWithoutFor", "::1", "forwarded", {"proto=https"}, "::1"},
        Case{"NoHeader", "::1", "", {"192.0.2.1"}, "::1"}),
    [](const auto& one) { return one.param.name; });

TEST(ClientAddresses, KnowsWhichMayBeManyPeoples) {
  const std::vector<std::string> trusted = {"10.0.0.0/8"};
  const ClientAddresses addresses(trusted, kXff);
  for (const char* shared : {"10.0.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", ""})
    EXPECT_TRUE(addresses.IsShared(shared)) << shared;
  for (const char* own : {"192.0.2.1", "2001:db8::1"}) EXPECT_FALSE(addresses.IsShared(own)) << own;
}

}  // namespace
}  // namespace ankisync::service
