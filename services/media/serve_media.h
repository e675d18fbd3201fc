// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>

#include "common/process/host.h"
#include "common/storage/media/media_step.h"

namespace ankisync::media {

// Puts /msync/ on the host's service. The part must go before the host. `on_step`: for tests.
std::unique_ptr<Part> ServeMedia(Host& host, OnMediaStep on_step = {});

}  // namespace ankisync::media
