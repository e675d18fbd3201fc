// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/storage/volume/volume.h"

// Which cell a volume is: the file `cell` in it, with nothing but the name. So that no cell serves
// another's volume, and ankisyncctl knows where it is.
namespace ankisync {

std::optional<std::string> CellOf(const Volume& volume);

// Makes it `self`'s where it is nobody's yet. Errors: kInconsistentData when it is another's.
void ClaimVolume(const Volume& volume, std::string_view self);

}  // namespace ankisync
