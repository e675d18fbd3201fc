// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "services/ankisyncctl/doctor/finding.h"

namespace ankisync::doctor {

// For people: a paragraph for each finding, and how many were how grave.
std::string TextOf(const Findings& findings);

// For programs: {"worst":"error","findings":[{"severity":"error","check":"body_size","text":"…",
// "client":"…","remedy":"…"},…]}
std::string JsonOf(const Findings& findings);

Severity WorstOf(const Findings& findings);

}  // namespace ankisync::doctor
