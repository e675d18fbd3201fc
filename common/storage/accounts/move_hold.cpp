// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/move_hold.h"

#include <array>

namespace ankisync {
namespace {

constexpr char kSentence[] =
    "Your account is being moved to another sync server. Please sync again in a few minutes; "
    "nothing is lost meanwhile.";

constexpr std::array<std::string_view, 3> kWords = {"leaving for ", "arriving from ", "gone to "};

}  // namespace

std::string ReasonOf(const MoveHold& move) {
  return std::string(kWords[static_cast<std::size_t>(move.state)]) + move.cell;
}

std::optional<MoveHold> MoveHoldOf(std::string_view reason) {
  for (std::size_t state = 0; state < kWords.size(); ++state) {
    if (reason.starts_with(kWords[state])) {
      return MoveHold{static_cast<MoveState>(state),
                      std::string(reason.substr(kWords[state].size()))};
    }
  }
  return std::nullopt;
}

std::optional<MoveHold> FindMove(sqlite::Connection& auth, AccountId account) {
  sqlite::Cursor row = auth.Query("SELECT reason FROM holds WHERE account = ?", account);
  while (row.Next()) {
    if (auto move = MoveHoldOf(row.Text(0))) return move;
  }
  return std::nullopt;
}

void PutMove(sqlite::Connection& auth, AccountId account, const MoveHold& move) {
  RemoveMove(auth, account);
  auth.Execute("INSERT INTO holds (account, reason, sentence) VALUES (?, ?, ?)", account,
               std::string_view(ReasonOf(move)), std::string_view(kSentence));
}

void RemoveMove(sqlite::Connection& auth, AccountId account) {
  if (const auto move = FindMove(auth, account)) {
    auth.Execute("DELETE FROM holds WHERE account = ? AND reason = ?", account,
                 std::string_view(ReasonOf(*move)));
  }
}

}  // namespace ankisync
