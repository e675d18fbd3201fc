// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/storage/accounts/move_hold.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {

// Why an account's data is left alone for now: maintenance, a restore, a move. Placed by
// ankisyncctl, read with every request: the server ends the account's session, closes its
// collection and gives its lock back, and tells the person `sentence`.
struct Hold {
  std::optional<AccountId> account;  // nothing: everybody's
  std::string reason;                // one word: "maintenance"; one hold per account and reason
  std::string sentence;              // for the person at the client
  std::int64_t generation = 0;       // grows with every hold ever placed
};

// The holds of auth.db. Threads: any. Errors: those of SharedDatabase.
class Holds {
 public:
  explicit Holds(SharedDatabase& auth) : auth_(auth) {}

  // Returns the generation; a hold of the same account and reason is replaced.
  std::int64_t Place(std::optional<AccountId> account, std::string_view reason,
                     std::string_view sentence);
  bool Lift(std::optional<AccountId> account, std::string_view reason);

  // An account's move from or to another volume, of which it has one at most: the next state, which
  // is the only one from this commit on; none any more.
  void PlaceMove(AccountId account, const MoveHold& move);
  void EndMove(AccountId account);
  std::optional<MoveHold> MoveOf(AccountId account) const;

  // Oldest first. For the server's poll too: an account without requests must be let go as well.
  std::vector<Hold> List() const;

 private:
  SharedDatabase& auth_;
};

}  // namespace ankisync
