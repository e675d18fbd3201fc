// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/pages/start_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/pages/qr_code.h"

namespace ankisync {
namespace {

using testing::HasSubstr;
using testing::Not;

http::RequestHead Asked(const std::vector<std::pair<std::string, std::string>>& headers) {
  http::RequestHead head;
  head.method = "GET";
  head.path = "/";
  for (const auto& [name, value] : headers) head.headers.Add(name, value);
  return head;
}

std::string TextOf(const http::Answer& answer) { return std::get<std::string>(answer.body); }

TEST(Address, IsTheOneThatTheBrowserHas) {
  EXPECT_EQ(AddressOf(Asked({{"host", "nas.local:27701"}}), ""), "http://nas.local:27701/");
  EXPECT_EQ(AddressOf(Asked({{"host", "[::1]:27701"}}), "/anki"), "http://[::1]:27701/anki/");
}

TEST(Address, IsThatOfTheProxyInFront) {
  EXPECT_EQ(AddressOf(Asked({{"host", "127.0.0.1:27701"},
                             {"x-forwarded-host", "sync.example.org, inner"},
                             {"x-forwarded-proto", "https"},
                             {"x-forwarded-prefix", "/anki"}}),
                      ""),
            "https://sync.example.org/anki/");
}

TEST(Address, HoldsNothingThatIsNoHost) {
  const std::string evil = "\"><script>alert(1)</script>";
  EXPECT_EQ(AddressOf(Asked({{"host", evil},
                             {"x-forwarded-host", evil},
                             {"x-forwarded-proto", evil},
                             {"x-forwarded-prefix", "/" + evil}}),
                      ""),
            "http://localhost/");
  EXPECT_EQ(AddressOf(Asked({}), ""), "http://localhost/");
}

TEST(Page, ShowsTheAddressAndAsksNobodyElseForAnything) {
  const http::Answer answer = StartPage(Asked({{"host", "nas:1"}}), "", Visit::kArrived);
  EXPECT_EQ(answer.status, 200);
  const std::string text = TextOf(answer);
  EXPECT_THAT(text, HasSubstr(">http://nas:1/</code>"));
  EXPECT_THAT(text, HasSubstr(QrCodeSvg("http://nas:1/")));
  EXPECT_THAT(text, Not(HasSubstr("{{")));
  EXPECT_THAT(text, Not(HasSubstr("src=")));
  EXPECT_THAT(text, Not(HasSubstr("href=")));
}

TEST(Page, HelpsWhoOpensAPathThatIsForAnki) {
  const http::Answer answer = StartPage(Asked({{"host", "nas:1"}}), "", Visit::kLost);
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(TextOf(answer), HasSubstr("this path is for Anki itself"));
}

TEST(Page, IsForBrowsersAlone) {
  EXPECT_TRUE(WantsPage(Asked({{"accept", "text/html,*/*"}})));
  EXPECT_FALSE(WantsPage(Asked({{"accept", "*/*"}})));
  EXPECT_FALSE(WantsPage(Asked({{"accept", "text/html"}, {"anki-sync", "{}"}})));
}

TEST(QrCode, IsThereForAnAddressAndNotForABook) {
  EXPECT_THAT(QrCodeSvg("http://nas:1/"), HasSubstr("<path"));
  EXPECT_EQ(QrCodeSvg(std::string(5000, 'x')), "");
}

}  // namespace
}  // namespace ankisync
