// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>

namespace ankisync::sqlite {

// How many calls of this process gave up because another held a database for too long. Only to be
// looked at: connections are opened in too many places to hand each of them somebody to tell. Any
// thread.
std::uint64_t BusyCount();

}  // namespace ankisync::sqlite
