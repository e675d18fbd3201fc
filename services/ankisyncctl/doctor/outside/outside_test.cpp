// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/outside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ankisyncctl/doctor/outside/client_words.h"
#include "services/ankisyncctl/doctor/outside/test_web.h"

namespace ankisync::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr UnixMillis kNow{1'780'000'000'000};
constexpr Wishes kWishes{.now = kNow, .largest_bytes = 4 << 20};

Findings Trouble(TestWeb web, const Wishes& wishes = kWishes) {
  Conversation conversation = ConversationWith(std::move(web));
  Findings findings = ExamineFromOutside(conversation, wishes);
  std::erase_if(findings, [](const Finding& each) { return each.severity == Severity::kOk; });
  return findings;
}

// The one thing that is wrong.
Finding OnlyTrouble(TestWeb web, const Wishes& wishes = kWishes) {
  const Findings found = Trouble(std::move(web), wishes);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? Finding{} : found.front();
}

TEST(FromOutside, AServerThatIsAsItShouldBeHasNoTrouble) { EXPECT_THAT(Trouble({}), IsEmpty()); }

TEST(FromOutside, ABoundIsNamedByWhatStillPassesAndWhatDoesNot) {
  const Findings found = Trouble({.body_bytes_max = 1 << 20});
  ASSERT_EQ(found.size(), 2U);  // collections and media
  EXPECT_EQ(found[0].check, "body_size");
  EXPECT_THAT(found[0].text, HasSubstr("4.0 MiB are refused, 1.0 MiB are taken"));
  EXPECT_THAT(found[0].client, HasSubstr("413"));
}

TEST(FromOutside, AProxyThatFailsAtLongRequestsHasNoBound) {
  for (const Finding& found : Trouble({.body_bytes_max = 1 << 20, .status_over_bound = 500}))
    EXPECT_THAT(found.text, HasSubstr("fails (500)"));
}

TEST(FromOutside, AnAnswerThatLosesItsEndIsToldByHowFarItCame) {
  TestWeb web;
  web.instead = [](const WebRequest& request) -> std::optional<WebAnswer> {
    if (!request.url.ends_with("?echo")) return std::nullopt;
    return WebAnswer{
        .end = WebAnswer::End::kCut, .why = "closed", .status = 200, .body_bytes = 3 << 20};
  };
  const Finding found = OnlyTrouble(web);
  EXPECT_EQ(found.check, "long_answers");
  EXPECT_THAT(found.text, HasSubstr("Of an answer of 8.0 MiB only 3.0 MiB arrive: closed."));
}

TEST(FromOutside, TheServersOwnBoundIsNoMistake) {
  TestWeb web;
  web.instead = [](const WebRequest& request) -> std::optional<WebAnswer> {
    if (request.filler_bytes <= 1 << 20) return std::nullopt;
    WebAnswer answer = PlainAnswer(400);
    answer.headers = {{"ankisync-error", "too-large"}};
    return answer;
  };
  for (const Finding& found : Trouble(web)) EXPECT_EQ(found.severity, Severity::kNote);
}

TEST(FromOutside, TheAddressOfAProxyThatIsNotBelievedIsWrittenDown) {
  TestWeb web;
  web.seen.trusted = false;
  EXPECT_THAT(OnlyTrouble(web).remedy, HasSubstr("proxy.trusted: [198.51.100.7]"));
}

TEST(FromOutside, WhatStandsWhereTheServerShouldIsCalledByItsName) {
  const auto check = [](WebAnswer answer) {
    return OnlyTrouble({.instead = [&](const WebRequest&) { return std::optional(answer); }}).check;
  };
  EXPECT_EQ(check({.end = WebAnswer::End::kNoHost}), "host");
  EXPECT_EQ(check({.end = WebAnswer::End::kNoConnection}), "connection");
  EXPECT_EQ(check({.end = WebAnswer::End::kSilence}), "connection");
  EXPECT_EQ(check({.end = WebAnswer::End::kNoHttp}), "http");
  EXPECT_EQ(check(PlainAnswer(200, "<html>")), "website");
  EXPECT_EQ(check(PlainAnswer(404, "/livez /readyz /metrics /version\n")), "port");
  EXPECT_EQ(check(PlainAnswer(401)), "password");
  EXPECT_EQ(check(PlainAnswer(502)), "sync");
  EXPECT_EQ(check(PlainAnswer(400, "expected one of hostKey, meta")), "sync");
  WebAnswer elsewhere = PlainAnswer(302);
  elsewhere.headers = {{"location", "http://example.org/login"}};
  EXPECT_EQ(check(elsewhere), "redirect");
  WebAnswer changed = FramedAnswer("{}");
  changed.body = "no longer what it was";
  EXPECT_EQ(check(changed), "answer_body");
}

// A login as the server answers it: `meta` with what differs.
std::function<std::optional<WebAnswer>(const WebRequest&)> Answering(const std::string& meta,
                                                                     int media_usn = 3) {
  return [=](const WebRequest& request) -> std::optional<WebAnswer> {
    if (request.url.ends_with("sync/hostKey")) return FramedAnswer(R"({"key":"k"})");
    if (request.url.ends_with("sync/meta")) return FramedAnswer(meta);
    if (!request.url.ends_with("msync/begin")) return std::nullopt;
    return FramedAnswer(R"({"data":{"usn":)" + std::to_string(media_usn) +
                        R"(,"sk":"k"},"err":""})");
  };
}

std::vector<std::string> LoginTrouble(TestWeb web) {
  Wishes wishes = kWishes;
  wishes.credentials = {"ada", "secret"};
  std::vector<std::string> texts;
  for (const Finding& found : Trouble(std::move(web), wishes)) texts.push_back(found.text);
  return texts;
}

constexpr char kMeta[] = R"({"ts":1780000000,"media_usn":3,"msg":"","cont":true})";

TEST(Login, ThatSucceedsLeavesADeviceAndSaysSo) {
  EXPECT_THAT(LoginTrouble({.instead = Answering(kMeta)}), ElementsAre(HasSubstr("device revoke")));
}

TEST(Login, TellsWhatWouldStopASync) {
  const auto device = HasSubstr("device");
  EXPECT_THAT(LoginTrouble({.instead = Answering(
                                R"({"ts":1779999000,"media_usn":3,"msg":"","cont":true})")}),
              ElementsAre(device, HasSubstr("1000 seconds apart, the server's behind")));
  EXPECT_THAT(LoginTrouble({.instead = Answering(
                                R"({"ts":1780000000,"media_usn":3,"msg":"Full.","cont":false})")}),
              ElementsAre(device, HasSubstr("not sync now: Full.")));
  EXPECT_THAT(LoginTrouble({.instead = Answering(kMeta, 4)}),
              ElementsAre(device, HasSubstr("do not use the same data folder")));
  EXPECT_THAT(LoginTrouble({.instead = Answering("{}")}),
              ElementsAre(device, HasSubstr("not what Anki expects")));
}

TEST(ClientWords, AreThoseOfAnki) {
  EXPECT_THAT(WhatAnkiShows(PlainAnswer(403)), HasSubstr("forgets the login"));
  EXPECT_THAT(WhatAnkiShows(PlainAnswer(503)), HasSubstr("AnkiWeb encountered a problem"));
  EXPECT_THAT(WhatAnkiShows(PlainAnswer(413)), HasSubstr("413"));
  EXPECT_THAT(WhatAnkiShows(PlainAnswer(200)), HasSubstr("missing original size"));
  EXPECT_THAT(WhatAnkiShows(PlainAnswer(307)), HasSubstr("missing original size"));
  EXPECT_THAT(WhatAnkiShows(FramedAnswer("")), HasSubstr("303"));
}

}  // namespace
}  // namespace ankisync::doctor
