// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "services/ankisyncctl/doctor/outside/web.h"

namespace ankisync::doctor {

// What Anki's clients show to a person when a sync gets this answer. Source: docs/protocol.md, 1.7.
std::string WhatAnkiShows(const WebAnswer& answer);

}  // namespace ankisync::doctor
