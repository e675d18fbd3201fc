// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {
namespace {

using testing::HasSubstr;

// What each port answers, by the port in the URL.
Findings Asked(const std::map<std::string, std::string>& answers) {
  std::set<std::string> asked;
  Findings findings;
  CheckServers(
      DefaultsFor(Program::kAnkisyncd),
      [&](const WebRequest& request) -> WebAnswer {
        EXPECT_TRUE(asked.insert(request.url).second) << "asked twice: " << request.url;
        for (const auto& [port, body] : answers) {
          if (request.url == "http://127.0.0.1:" + port + "/readyz")
            return {.end = WebAnswer::End::kWhole, .status = 200, .body = body};
        }
        return {.end = WebAnswer::End::kNoConnection};
      },
      findings);
  return findings;
}

constexpr char kReady[] = R"({"ready":true,"checks":[{"check":"volume","ok":true}]})";

TEST(Servers, ThatRunHereSayThemselvesWhatTheyLack) {
  const Findings found =
      Asked({{"9101", kReady},
             {"9102", R"({"ready":false,"checks":[{"check":"volume","ok":true},)"
                      R"({"check":"draining","ok":false,"reason":"the server is stopping"}]})"}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].severity, Severity::kOk);
  EXPECT_EQ(found[1].severity, Severity::kError);
  EXPECT_THAT(found[1].text, HasSubstr("9102 is not ready: the server is stopping"));
}

TEST(Servers, AreNotWhateverElseHasTheirPort) {
  for (const char* body : {"", "<html>node exporter</html>", "{}", "[1]", R"({"ready":true})"}) {
    const Findings found = Asked({{"9100", body}});
    ASSERT_EQ(found.size(), 1U) << body;
    EXPECT_EQ(found[0].severity, Severity::kNote) << body;
  }
}

}  // namespace
}  // namespace ankisync::doctor
