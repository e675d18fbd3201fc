// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/revision.h"

namespace ankisync {

std::string_view Revision() { return ANKISYNC_REVISION; }

}  // namespace ankisync
