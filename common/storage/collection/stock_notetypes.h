// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <vector>

#include "common/storage/collection/proto/rows.h"

namespace ankisync {

// The notetypes that a new collection begins with, Basic first; without ids. Fields and templates
// have random ids, as clients give them. Image Occlusion is not among them: clients add it when it
// is first used.
std::vector<NotetypeRow> StockNotetypes();

}  // namespace ankisync
