// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/outside.h"

namespace ankisync::doctor {

Findings ExamineFromOutside(Conversation& conversation, const Wishes& wishes) {
  Findings findings;
  const bool is_reached = CheckReach(conversation, findings);
  if (conversation.address().is_https()) {
    CheckTlsVersions(conversation, findings);
    CheckCertificate(conversation, wishes.now, findings);
  }
  if (!is_reached) return findings;
  CheckMedia(conversation, findings);
  CheckProxy(conversation, findings);
  CheckHeaders(conversation, findings);
  CheckStreaming(conversation, findings);
  CheckLongAnswers(conversation, findings);
  CheckPaths(conversation, findings);
  CheckClientAddress(conversation, findings);
  CheckBodySize(conversation, wishes.largest_bytes, findings);
  if (wishes.credentials) CheckLogin(conversation, *wishes.credentials, wishes.now, findings);
  return findings;
}

}  // namespace ankisync::doctor
