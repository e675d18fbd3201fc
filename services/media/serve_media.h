// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>

#include "common/process/host.h"

namespace ankisync::media {

// Puts /msync/ on the host's service. The part must go before the host.
std::unique_ptr<Part> ServeMedia(Host& host);

}  // namespace ankisync::media
