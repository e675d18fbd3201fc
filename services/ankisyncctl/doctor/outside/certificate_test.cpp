// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "services/ankisyncctl/doctor/outside/test_web.h"

namespace ankisync::doctor {
namespace {

// Of the year 2026, for anki.example.org and 192.0.2.7, signed by itself.
const std::string kOwn = R"(-----BEGIN CERTIFICATE-----
MIIBXTCCAQSgAwIBAgIUXnVTFI2Qd9baZRdMIYibnWGjuQkwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMAwx
CjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQIrLvaWiffkxEk
aVcNuxbeiKR8yPr29Q5NRg0K3+UC8akWX6GcqPmi3gGmpke4C7/59BS9kqgL6PDF
mRUsm6Bxo0QwQjAhBgNVHREEGjAYghBhbmtpLmV4YW1wbGUub3JnhwTAAAIHMB0G
A1UdDgQWBBQzDjZxDGq5iOt+G4VVqWQsye5+sTAKBggqhkjOPQQDAgNHADBEAiAT
Div3xHtVrBa3WSHX+BQ722elvtwDbXgV7P+YDB5PNgIgf+Jx4ZvRdLH/4Dea/wxn
6T8BPhppLXuJ2SVmEgRGZVs=
-----END CERTIFICATE-----
)";

// Of the year 2026, for anki.example.org, signed by another.
const std::string kSigned = R"(-----BEGIN CERTIFICATE-----
MIIBfDCCASKgAwIBAgIURlqz4q03PVjQ5dzA55crZLp3dt0wCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMA8x
DTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATvbBf13jpp
UwFcg7lxBDxC2sdX6NhpFisMZ7ytJKxhUnoiovSP9V90ZcOgOHRkmrRmcegVgCBs
bZFcchEaK/tmo18wXTAbBgNVHREEFDASghBhbmtpLmV4YW1wbGUub3JnMB0GA1Ud
DgQWBBRhO/fn06XFjQVcSNt3aAGSHz3bLzAfBgNVHSMEGDAWgBQzDjZxDGq5iOt+
G4VVqWQsye5+sTAKBggqhkjOPQQDAgNIADBFAiAjCIEolJaBkiywObCeST+oCoVe
08PRbWpKV79Sk9aJtAIhAONrxz40u0rC0VA6lXq4SC2m+XiayiAAgBFciUkZ83LN
-----END CERTIFICATE-----
)";

constexpr UnixMillis kIn2025{1'750'000'000'000};
constexpr UnixMillis kIn2026{1'780'000'000'000};
constexpr UnixMillis kAtItsEnd{1'798'700'000'000};  // 2026-12-31
constexpr UnixMillis kIn2027{1'800'000'000'000};

Finding Judged(TestWeb web, UnixMillis now) {
  Conversation conversation = ConversationWith(std::move(web), "https");
  Findings findings;
  CheckCertificate(conversation, now, findings);
  EXPECT_EQ(findings.size(), 1U);
  return findings.at(0);
}

TEST(Certificate, IsForTheNamesAndAddressesInIt) {
  EXPECT_TRUE(ReadCertificate(kOwn, "anki.example.org")->fits);
  EXPECT_TRUE(ReadCertificate(kOwn, "192.0.2.7")->fits);
  EXPECT_FALSE(ReadCertificate(kOwn, "example.org")->fits);
  EXPECT_FALSE(ReadCertificate(kOwn, "192.0.2.8")->fits);
  const auto names = ReadCertificate(kOwn, "x")->names;
  EXPECT_EQ(names, (std::vector<std::string>{"anki.example.org", "192.0.2.7"}));
  EXPECT_FALSE(ReadCertificate("no certificate", "x"));
}

TEST(Certificate, ThatEndsSoonIsToldBeforeItIsTooLate) {
  const TestWeb web{.certificates = {kSigned}};
  EXPECT_EQ(Judged(web, kIn2026).severity, Severity::kOk);
  EXPECT_EQ(Judged(web, kAtItsEnd).severity, Severity::kWarning);
  EXPECT_NE(Judged(web, kIn2027).text.find("expired on 2027-01-01"), std::string::npos);
  EXPECT_NE(Judged(web, kIn2025).text.find("not valid before 2026-01-01"), std::string::npos);
}

TEST(Certificate, ThatNobodyTrustsIsToldWhyItIsNot) {
  const auto text = [](std::vector<std::string> chain) {
    const TestWeb web{.certificates = std::move(chain), .why_untrusted = "unknown"};
    const Finding finding = Judged(web, kIn2026);
    EXPECT_EQ(finding.severity, Severity::kError);
    return finding.text + finding.remedy;
  };
  EXPECT_NE(text({kOwn}).find("signed by itself"), std::string::npos);
  EXPECT_NE(text({kSigned}).find("fullchain.pem"), std::string::npos);
  EXPECT_NE(text({kSigned, kOwn}).find("not known here"), std::string::npos);
}

TEST(TlsVersions, TheNewerOneMayBeMissing) {
  Conversation conversation = ConversationWith({.speaks_13 = false}, "https");
  Findings findings;
  CheckTlsVersions(conversation, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::kNote);
}

}  // namespace
}  // namespace ankisync::doctor
