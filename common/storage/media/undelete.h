// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/storage/media/user_media.h"

namespace ankisync {

// Makes former contents live again, as if a client had uploaded them: all devices get them at their
// next sync, and what they replace goes into the undo window. Returns the names whose content is
// not there any more, or damaged; these are left as they are. May run while the media are served.
std::vector<std::string> Undelete(UserMedia& media, std::span<const MediaIndex::Former> files);

}  // namespace ankisync
