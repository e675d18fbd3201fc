// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/process/run.h"

namespace ankisync {

// Started in the place of another server, the program takes its users over beside what is there,
// once: on a folder that the official server has used, with its variables; or with the
// configuration of a Python server. Devices stay logged in, the next sync transfers nothing. The
// old files stay as they are, with a note beside them on what happened. Errors: kUnavailable, with
// a sentence that says what to do: the old server still runs, there is no room.
void AdoptOtherServer(Host& host, const Say& say);

}  // namespace ankisync
