// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/process/run.h"

namespace ankisync {

// Started on a folder that the official server has used, the program takes its users over beside
// what is there, once: accounts are those of the variables, devices stay logged in, the next sync
// transfers nothing. The old files stay as they are, with a note on what happened beside them.
// Errors: kUnavailable, with a sentence that says what to do: the old server still runs, there is
// no room.
void AdoptOfficialServer(Host& host, const Say& say);

}  // namespace ankisync
