// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>

namespace ankisync::sqlite {

enum class ErrorCode {
  kBusy,  // another held the database for too long
  kFull,
  kIo,
  kCorrupt,  // or no database at all
  kOther,
};

// How many calls of this process failed so, at whatever file. Only to be looked at: connections are
// opened in too many places to hand each of them somebody to tell. Any thread.
std::uint64_t ErrorCount(ErrorCode code);

}  // namespace ankisync::sqlite
