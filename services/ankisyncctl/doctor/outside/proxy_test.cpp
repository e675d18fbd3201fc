// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/proxy.h"

#include <gtest/gtest.h>

#include "services/ankisyncctl/doctor/outside/remedy.h"
#include "services/ankisyncctl/doctor/outside/test_web.h"

namespace ankisync::doctor {
namespace {

struct Case {
  const char* name;
  const char* server;  // its header
  const char* body;
  Proxy proxy;
};

void PrintTo(const Case& example, std::ostream* out) { *out << example.name; }

class ProxyThatSaysTest : public testing::TestWithParam<Case> {};

TEST_P(ProxyThatSaysTest, IsRecognised) {
  WebAnswer answer = PlainAnswer(400, GetParam().body);
  if (*GetParam().server) answer.headers = {{"server", GetParam().server}};
  EXPECT_EQ(ProxyThatSays(answer), GetParam().proxy);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ProxyThatSaysTest,
    testing::Values(Case{"Nginx", "nginx/1.22.1", "<html>400</html>", Proxy::kNginx},
                    Case{"Openresty", "openresty", "", Proxy::kNginx},
                    Case{"Caddy", "Caddy", "", Proxy::kCaddy},
                    Case{"Apache", "Apache/2.4.62 (Debian)", "", Proxy::kApache},
                    Case{"Haproxy", "",
                         "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid "
                         "request.\n</body></html>\n",
                         Proxy::kHaproxy},
                    Case{"Traefik", "", "400 Bad Request", Proxy::kTraefik},
                    Case{"NoneAtAll", "", "This is not an HTTP request.\n", Proxy::kNone},
                    Case{"SomethingElse", "cloudflare", "error", Proxy::kUnknown}),
    [](const auto& test) { return test.param.name; });

TEST(Remedies, ThereIsOneForEachMistakeOfEachProxy) {
  for (const Mistake mistake :
       {Mistake::kBodySize, Mistake::kChunks, Mistake::kStoresFirst, Mistake::kCutsAnswers,
        Mistake::kHeaderSize, Mistake::kRequestHead, Mistake::kAnswerHead, Mistake::kMediaPath,
        Mistake::kPath, Mistake::kDoubledPath, Mistake::kClientAddress, Mistake::kTlsVersions}) {
    for (const Proxy proxy : {Proxy::kUnknown, Proxy::kNone, Proxy::kNginx, Proxy::kCaddy,
                              Proxy::kHaproxy, Proxy::kApache, Proxy::kTraefik})
      EXPECT_NE(RemedyFor(mistake, proxy), "") << NameOf(proxy);
  }
}

}  // namespace
}  // namespace ankisync::doctor
