// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string_view>

namespace ankisync {

// The commit that was built, as git describes it; empty when the sources were no checkout.
std::string_view Revision();

}  // namespace ankisync
