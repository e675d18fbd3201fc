// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>

#include "common/core/utc_text.h"
#include "services/ankisyncctl/doctor/outside/certificate.h"
#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kSoonSeconds = 14 * kDay;
constexpr char kInsecure[] =
    "\"A network error occurred.\" and that the certificate is invalid, unknown or expired.";

bool Shakes(const Conversation& conversation, WebRequest::Tls version) {
  WebRequest request = conversation.MirrorOf("sync");
  request.tls = version;
  return conversation.Ask(request).is_whole();
}

std::string DayOf(UnixSeconds time) {
  return UtcText(UnixMillis{Raw(time) * 1000}).substr(0, sizeof "2026-11-24" - 1);
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What a certificate's own words already say of it; ok where they say nothing bad.
Finding Judge(const Certificate& certificate, const std::string& host, UnixSeconds now) {
  const auto error = [](std::string text, std::string remedy) {
    return Finding{Severity::kError, "certificate", std::move(text), kInsecure, std::move(remedy)};
  };
  if (now > certificate.until) {
    return error("The certificate expired on " + DayOf(certificate.until) + ".",
                 "Renew it, and let the proxy read it again (certbot renew; systemctl reload …).");
  }
  if (now < certificate.from) {
    return error("The certificate is not valid before " + DayOf(certificate.from) + ".",
                 "Is this machine's clock right, and the server's?");
  }
  if (certificate.names.empty()) {
    return error("The certificate names no host as clients want it: it has no subjectAltName.",
                 "Make it anew with the name as a subjectAltName: DNS:" + host);
  }
  if (!certificate.fits) {
    return error("The certificate is for " + Joined(certificate.names) + ", not for " + host + ".",
                 "Get one for " + host + ", or type into Anki the name that it is for.");
  }
  if (Raw(certificate.until) - Raw(now) < kSoonSeconds) {
    return {Severity::kWarning, "certificate",
            "The certificate expires on " + DayOf(certificate.until) + ".",
            "nothing yet; from then on " + std::string(kInsecure),
            "See whether what renews it still runs (systemctl list-timers; certbot renew)."};
  }
  return {Severity::kOk, "certificate",
          "The certificate is for this name, and valid until " + DayOf(certificate.until) + ".", "",
          ""};
}

Finding Untrusted(const Certificate& certificate, std::size_t chain, const std::string& why) {
  Finding finding{Severity::kError, "certificate", "", kInsecure, ""};
  if (certificate.is_self_signed) {
    finding.text = "The certificate is signed by itself, and no device trusts it.";
    finding.remedy =
        "Get one of an authority that devices know (Caddy, certbot), or install it on every "
        "device;\nAnkiDroid takes it as \"Custom root certificate (PEM)\". To examine it as such:\n"
        "ankisyncctl doctor --authority FILE --url …";
  } else if (chain == 1) {
    finding.text =
        "The certificate comes without those of the authorities between it and one that is known "
        "(" +
        why + ").";
    finding.remedy = "Let the proxy send the whole chain: fullchain.pem, not cert.pem.";
  } else {
    finding.text = "The certificate is of an authority that is not known here (" + why + ").";
    finding.remedy =
        "If it is your own: ankisyncctl doctor --authority FILE --url …\n"
        "If this machine has no list of authorities: apt-get install ca-certificates";
  }
  return finding;
}

}  // namespace

void CheckTlsVersions(Conversation& conversation, Findings& findings) {
  const bool speaks_12 = Shakes(conversation, WebRequest::Tls::kOnly12);
  const bool speaks_13 = Shakes(conversation, WebRequest::Tls::kOnly13);
  if (!speaks_12 && !speaks_13) return;  // that nothing answers was said
  if (!speaks_12) {
    findings.push_back({Severity::kError, "tls", "TLS 1.2 is not offered.",
                        "on iPhone and iPad \"error code -9836\".",
                        RemedyFor(Mistake::kTlsVersions, conversation.proxy())});
  } else if (!speaks_13) {
    findings.push_back({Severity::kNote, "tls",
                        "TLS 1.3 is not offered; everybody gets on with 1.2.", "",
                        RemedyFor(Mistake::kTlsVersions, conversation.proxy())});
  } else {
    findings.push_back({Severity::kOk, "tls", "TLS 1.2 and 1.3 are offered.", "", ""});
  }
}

void CheckCertificate(Conversation& conversation, UnixMillis now, Findings& findings) {
  WebRequest request = conversation.MirrorOf("sync");
  const WebAnswer shown = conversation.Ask(request);
  if (shown.certificates.empty()) return;  // no TLS, which was said
  const std::string& host = conversation.address().host;
  const auto certificate = ReadCertificate(shown.certificates.front(), host);
  if (!certificate) return;
  Finding finding = Judge(*certificate, host, ToSeconds(now));
  if (finding.severity != Severity::kError) {
    request.certificate = WebRequest::Certificate::kValid;
    const WebAnswer checked = conversation.Ask(request);
    if (checked.end == WebAnswer::End::kBadCertificate)
      finding = Untrusted(*certificate, shown.certificates.size(), checked.why);
  }
  findings.push_back(std::move(finding));
}

}  // namespace ankisync::doctor
