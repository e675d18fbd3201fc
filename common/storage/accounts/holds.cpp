// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/holds.h"

#include <utility>

namespace ankisync {
namespace {

bool Remove(sqlite::Connection& db, std::optional<AccountId> account, std::string_view reason) {
  return db.Execute("DELETE FROM holds WHERE account IS ? AND reason = ?", account, reason) > 0;
}

}  // namespace

std::int64_t Holds::Place(std::optional<AccountId> account, std::string_view reason,
                          std::string_view sentence) {
  SharedDatabase::Change change(auth_);
  Remove(change.db(), account, reason);
  change.db().Execute("INSERT INTO holds (account, reason, sentence) VALUES (?, ?, ?)", account,
                      reason, sentence);
  const std::int64_t generation = change.db().last_insert_rowid();
  change.Commit();
  return generation;
}

bool Holds::Lift(std::optional<AccountId> account, std::string_view reason) {
  SharedDatabase::Change change(auth_);
  const bool lifted = Remove(change.db(), account, reason);
  change.Commit();
  return lifted;
}

void Holds::PlaceMove(AccountId account, const MoveHold& move) {
  SharedDatabase::Change change(auth_);
  PutMove(change.db(), account, move);
  change.Commit();
}

void Holds::EndMove(AccountId account) {
  SharedDatabase::Change change(auth_);
  RemoveMove(change.db(), account);
  change.Commit();
}

std::optional<MoveHold> Holds::MoveOf(AccountId account) const {
  return auth_.Read([account](sqlite::Connection& db) { return FindMove(db, account); });
}

std::vector<Hold> Holds::List() const {
  return auth_.Read([](sqlite::Connection& db) {
    std::vector<Hold> holds;
    sqlite::Cursor row =
        db.Query("SELECT account, reason, sentence, generation FROM holds ORDER BY generation");
    while (row.Next()) {
      Hold hold{.account = std::nullopt,
                .reason = std::string(row.Text(1)),
                .sentence = std::string(row.Text(2)),
                .generation = row.Int(3)};
      if (!row.IsNull(0)) hold.account = row.As<AccountId>(0);
      holds.push_back(std::move(hold));
    }
    return holds;
  });
}

}  // namespace ankisync
