// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/diagnosis.h"
#include "services/ankisyncctl/doctor/outside/outside.h"

namespace ankisync::doctor {

bool CheckReach(Conversation& conversation, Findings& findings) {
  findings.push_back(Diagnose(conversation, "sync"));
  return findings.back().severity == Severity::kOk;
}

void CheckMedia(Conversation& conversation, Findings& findings) {
  findings.push_back(Diagnose(conversation, "msync"));
}

void CheckProxy(Conversation& conversation, Findings& findings) {
  const Proxy proxy = conversation.proxy();
  findings.push_back({Severity::kOk, "proxy",
                      proxy == Proxy::kNone ? "No proxy stands in between."
                                            : "In between stands " + NameOf(proxy) + ".",
                      "", ""});
}

}  // namespace ankisync::doctor
