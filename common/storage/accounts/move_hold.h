// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// Where an account stands that moves from one volume to another: the reason of its hold, on either
// volume. Without such a hold it is served where it is. Moves go
//
//   from               to
//   (served)           (absent)
//   leaving for b      (absent)
//   leaving for b      arriving from a     data is copied and verified
//   gone to b          arriving from a     the switch: one commit on the volume that is left
//   gone to b          (served)
//
// and may be undone up to the switch. The model of docs/model/move.pml has the same names.
enum class MoveState { kLeaving, kArriving, kGone };

struct MoveHold {
  MoveState state{};
  std::string cell;  // the other one

  bool operator==(const MoveHold&) const = default;
};

std::string ReasonOf(const MoveHold& move);  // "leaving for b"
std::optional<MoveHold> MoveHoldOf(std::string_view reason);

// In auth.db, inside a change of it. An account has one such hold at most: placing one replaces it.
std::optional<MoveHold> FindMove(sqlite::Connection& auth, AccountId account);
void PutMove(sqlite::Connection& auth, AccountId account, const MoveHold& move);
void RemoveMove(sqlite::Connection& auth, AccountId account);

}  // namespace ankisync
