// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "services/ankisyncctl/doctor/finding.h"
#include "services/ankisyncctl/doctor/outside/conversation.h"

namespace ankisync::doctor {

// Whether the service for `area`, "sync" or "msync", answers what Anki asks; if not, who does
// instead, and why. One question, and a few more where the answer is odd.
Finding Diagnose(Conversation& conversation, const std::string& area);

}  // namespace ankisync::doctor
