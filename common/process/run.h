// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/config/load.h"
#include "common/process/host.h"

namespace ankisync {

using Parts = std::vector<std::unique_ptr<Part>>;

// What is to be done before clients are served, with the ops port up. It calls `say` now and then
// with what is going on, for /readyz; `say` throws when the program is told to stop.
using Say = std::function<void(std::string what)>;
using Preparation = std::function<void(Host&, const Say& say)>;

// The life of a server program: configuration, host, its parts, preparation, serving until SIGTERM
// or SIGINT, an orderly end. Returns the exit code: 0; 1 for what it was told to do and cannot; 2
// for a configuration that nobody can have meant.
//
// `healthcheck [readyz|livez] …` with the same configuration asks the running server instead: 0 or
// 1, and prints why.
//
// At the end: not ready; sessions may finish as long as their calls keep coming; requests in flight
// are answered; the rest is rolled back. SIGUSR1 switches debug lines on and off.
int Run(Program program, int argc, const char* const* argv,
        const std::function<Parts(Host&)>& install, const Preparation& prepare = {});

}  // namespace ankisync
