// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/core/ids.h"

namespace ankisync {

// When an object last changed: the sync in which the server learned of it, and the time on the
// device.
struct Stamp {
  Usn usn;
  UnixSeconds mtime;
};

}  // namespace ankisync
