// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string_view>

#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr std::string_view kEnd = "/doctor";

// What Anki makes of an address that somebody typed wrongly, as so many do.
struct Mistyped {
  const char* area;   // that should answer all the same
  const char* below;  // behind the address
};

constexpr Mistyped kDoubled[] = {
    {"sync", "sync/sync/doctor"}, {"msync", "sync/msync/doctor"}, {"msync", "msync/msync/doctor"}};

}  // namespace

void CheckPaths(Conversation& conversation, Findings& findings) {
  const ServerAddress& address = conversation.address();
  std::string lost;
  for (const auto& [area, below] : kDoubled) {
    if (conversation.Reaches(area, address.Url(below))) continue;
    const std::string_view path(below);
    lost +=
        (lost.empty() ? "" : ", ") + ("/" + std::string(path.substr(0, path.rfind(kEnd)))) + "/…";
  }
  if (!lost.empty()) {
    findings.push_back({Severity::kWarning, "doubled_path",
                        "Who types the address with sync/ or msync/ at its end, as other servers "
                        "want it, is not understood: " +
                            lost + " leads nowhere.",
                        "\"A network error occurred.\" and the number 404.",
                        RemedyFor(Mistake::kDoubledPath, conversation.proxy())});
  }
  const bool has_path = address.path != "/";
  if (has_path && !conversation.Reaches("sync", address.UrlFromRoot("sync/doctor"))) {
    findings.push_back({Severity::kNote, "missing_slash",
                        "The slash at the end of the address matters: without it Anki leaves " +
                            address.path + " out and asks " + address.UrlFromRoot("sync/") +
                            ", where nothing of ours answers.",
                        "\"A network error occurred.\"",
                        "Tell people to type " + address.text() +
                            "\nor pass /sync/ and /msync/ on to the server as well."});
  } else if (lost.empty()) {
    findings.push_back({Severity::kOk, "paths",
                        "Addresses that are typed wrongly in the usual ways work, too.", "", ""});
  }
}

}  // namespace ankisync::doctor
