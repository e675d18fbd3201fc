// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/server_address.h"

#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync::doctor {
namespace {

TEST(ServerAddress, IsReadAsPeopleTypeIt) {
  EXPECT_EQ(ServerAddress::Parse("https://anki.example.org").text(), "https://anki.example.org/");
  EXPECT_EQ(ServerAddress::Parse("nas.local:27701").text(), "http://nas.local:27701/");
  EXPECT_EQ(ServerAddress::Parse("https://example.org/anki").text(), "https://example.org/anki/");
  EXPECT_EQ(ServerAddress::Parse("http://[::1]:8080/").host, "::1");
  EXPECT_EQ(ServerAddress::Parse("http://[::1]:8080/").text(), "http://[::1]:8080/");
}

TEST(ServerAddress, HasThePartsThatAnkiMakesOfIt) {
  const auto address = ServerAddress::Parse("http://example.org:8080/anki/");
  EXPECT_EQ(address.Url("sync/meta"), "http://example.org:8080/anki/sync/meta");
  EXPECT_EQ(address.UrlFromRoot("sync/meta"), "http://example.org:8080/sync/meta");
  EXPECT_EQ(address.WithScheme("https").text(), "https://example.org:8080/anki/");
}

TEST(ServerAddress, WhatIsNoneIsRefused) {
  for (const char* text : {"", "ftp://example.org/", "http://", "https://example.org:port/"})
    EXPECT_THROW(ServerAddress::Parse(text), SyncError) << text;
}

}  // namespace
}  // namespace ankisync::doctor
