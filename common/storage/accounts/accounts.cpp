// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/accounts.h"

#include <cstdint>
#include <unordered_set>

#include "common/core/error.h"
#include "common/core/random_token.h"
#include "common/storage/accounts/move_hold.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/accounts/user_name.h"
#include "common/storage/volume/folder_name.h"

namespace ankisync {
namespace {

[[noreturn]] void Refuse(const std::string& sentence) {
  throw SyncError(ErrorKind::kInconsistentData, sentence);
}

std::optional<Account> FindIn(sqlite::Connection& db, std::string_view name) {
  sqlite::Cursor row = db.Query("SELECT * FROM live_accounts WHERE name = ?", name);
  return row.Next() ? std::optional(AccountOf(row)) : std::nullopt;
}

Account Require(sqlite::Connection& db, std::string_view name) {
  auto account = FindIn(db, name);
  if (!account) Refuse("there is no account " + std::string(name));
  return *std::move(account);
}

// As it is copied, so it is.
Account RequireSettled(sqlite::Connection& db, std::string_view name) {
  auto account = Require(db, name);
  if (const auto move = FindMove(db, account.id))
    Refuse(account.name + " is " + ReasonOf(*move) + " and cannot be changed here");
  return account;
}

Account RequireOurs(sqlite::Connection& db, std::string_view name) {
  auto account = RequireSettled(db, name);
  if (account.source == AccountSource::kEnvironment)
    Refuse(account.name + " is an account of the environment: change the SYNC_USER variable");
  return account;
}

Account RequireDeletable(sqlite::Connection& db, std::string_view name) {
  auto account = RequireSettled(db, name);
  return account.state == AccountState::kWithdrawn ? account : RequireOurs(db, name);
}

void RequireFree(sqlite::Connection& db, std::string_view name) {
  CheckUserName(name);
  if (FindIn(db, name)) Refuse("there is an account " + std::string(name) + " already");
}

// The withdrawn account that is to be taken over, if any.
std::optional<Account> RequireAddable(sqlite::Connection& db, std::string_view name) {
  auto existing = FindIn(db, name);
  if (existing && existing->state == AccountState::kWithdrawn) return existing;
  RequireFree(db, name);
  return std::nullopt;
}

void RequireHash(const std::string& password_hash) {
  if (!IsPasswordHash(password_hash))
    throw SyncError(ErrorKind::kInternal, "a password is about to be stored unhashed");
}

// 52 bits: exact in any JSON reader, and no two accounts of all machines meet.
AccountId NewAccountId() {
  return static_cast<AccountId>(std::stoll(RandomToken(8).substr(0, 13), nullptr, 16) | 1);
}

bool IsTaken(sqlite::Connection& db, const std::string& folder_key) {
  return db.Any("SELECT 1 FROM accounts WHERE folder_key = ?", folder_key);
}

void Insert(sqlite::Connection& db, AccountId id, std::string_view name, const std::string& folder,
            AccountSource source, UnixMillis now) {
  const std::string key = FolderKey(folder);
  db.Execute(
      "INSERT INTO accounts (id, name, folder, folder_key, source, in_environment, state,"
      " password_hash, created_ms) VALUES (?, ?, ?, ?, ?, 0, 'enabled', '', ?)",
      id, name, folder, key, std::string_view(NameOf(source)), now);
}

std::string FreeFolderFor(sqlite::Connection& db, std::string_view name) {
  return FolderNameFor(name, [&db](const std::string& key) { return IsTaken(db, key); });
}

struct Row {
  AccountId id;
  Accounts::Origin origin;
};

// A row that is the name's: a deleted account's, which has its data, or a new one.
Row Claim(sqlite::Connection& db, Devices& devices, std::string_view name, AccountSource source,
          UnixMillis now) {
  sqlite::Cursor deleted = db.Query(
      "SELECT id FROM accounts WHERE name = ? AND state = 'deleted' ORDER BY created_ms DESC",
      name);
  if (!deleted.Next()) {
    const AccountId id = NewAccountId();
    Insert(db, id, name, FreeFolderFor(db, name), source, now);
    return {id, Accounts::Origin::kNew};
  }
  const auto id = deleted.As<AccountId>(0);
  // Again, in case whoever deleted it was stopped half-way: old devices stay out.
  devices.RevokeAll(id);
  return {id, Accounts::Origin::kDeleted};
}

std::unordered_set<std::string> NamesInEnvironment(sqlite::Connection& db) {
  std::unordered_set<std::string> names;
  sqlite::Cursor row = db.Query("SELECT name FROM accounts WHERE in_environment");
  while (row.Next()) names.emplace(row.Text(0));
  return names;
}

}  // namespace

std::optional<Account> Accounts::Find(std::string_view name) const {
  return auth_.Read([name](sqlite::Connection& db) { return FindIn(db, name); });
}

void Accounts::CheckAddable(std::string_view name) const {
  auth_.Read([name](sqlite::Connection& db) { RequireAddable(db, name); });
}

Account Accounts::Get(std::string_view name) const {
  return auth_.Read([name](sqlite::Connection& db) { return Require(db, name); });
}

Account Accounts::GetOurs(std::string_view name) const {
  return auth_.Read([name](sqlite::Connection& db) { return RequireOurs(db, name); });
}

void Accounts::CheckDeletable(std::string_view name) const {
  auth_.Read([name](sqlite::Connection& db) { RequireDeletable(db, name); });
}

std::vector<Account> Accounts::List() const {
  return auth_.Read([](sqlite::Connection& db) {
    std::vector<Account> accounts;
    sqlite::Cursor row = db.Query("SELECT * FROM live_accounts ORDER BY name");
    while (row.Next()) accounts.push_back(AccountOf(row));
    return accounts;
  });
}

Accounts::Added Accounts::Add(std::string_view name, const std::string& password_hash) {
  RequireHash(password_hash);
  SharedDatabase::Change change(auth_);
  sqlite::Connection& db = change.db();
  const auto withdrawn = RequireAddable(db, name);
  const Row row = withdrawn ? Row{withdrawn->id, Origin::kWithdrawn}
                            : Claim(db, devices_, name, AccountSource::kDatabase, clock_.Now());
  db.Execute(
      "UPDATE accounts SET source = 'db', in_environment = 0, state = 'enabled', password_hash = ?"
      " WHERE id = ?",
      password_hash, row.id);
  Added added{Require(db, name), row.origin};
  change.Commit();
  return added;
}

void Accounts::SetPassword(std::string_view name, const std::string& password_hash,
                           ThenDevices devices) {
  RequireHash(password_hash);
  SharedDatabase::Change change(auth_);
  const Account account = RequireOurs(change.db(), name);
  change.db().Execute("UPDATE accounts SET password_hash = ? WHERE id = ?", password_hash,
                      account.id);
  change.Commit();
  if (devices == ThenDevices::kAreRevoked) devices_.RevokeAll(account.id);
}

void Accounts::Rehash(const Account& account, const std::string& password_hash) {
  RequireHash(password_hash);
  SharedDatabase::Change change(auth_);
  change.db().Execute("UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
                      password_hash, account.id, account.password_hash);
  change.Commit();
}

void Accounts::Delete(std::string_view name) {
  SharedDatabase::Change change(auth_);
  const Account account = RequireDeletable(change.db(), name);
  change.db().Execute(
      "UPDATE accounts SET state = 'deleted', in_environment = 0, password_hash = ''"
      " WHERE id = ?",
      account.id);
  change.db().Execute("DELETE FROM holds WHERE account = ?", account.id);
  change.Commit();
  devices_.RevokeAll(account.id);
}

std::vector<Accounts::Deleted> Accounts::ListDeleted() const {
  return auth_.Read([](sqlite::Connection& db) {
    std::vector<Deleted> accounts;
    sqlite::Cursor row =
        db.Query("SELECT id, name, folder FROM accounts WHERE state = 'deleted' ORDER BY name, id");
    while (row.Next()) {
      accounts.push_back(
          {row.As<AccountId>(0), std::string(row.Text(1)), std::string(row.Text(2))});
    }
    return accounts;
  });
}

void Accounts::Forget(AccountId deleted) {
  SharedDatabase::Change change(auth_);
  if (change.db().Execute("DELETE FROM accounts WHERE id = ? AND state = 'deleted'", deleted) == 0)
    Refuse("only a deleted account can be forgotten");
  change.db().Execute("DELETE FROM holds WHERE account = ?", deleted);
  devices_.Forget(deleted);
  change.Commit();
}

void Accounts::Rename(std::string_view name, std::string_view new_name) {
  SharedDatabase::Change change(auth_);
  const Account account = RequireOurs(change.db(), name);
  RequireFree(change.db(), new_name);
  change.db().Execute("UPDATE accounts SET name = ? WHERE id = ?", new_name, account.id);
  change.Commit();
}

Account Accounts::Arrive(const Account& account, std::string_view from_cell) {
  SharedDatabase::Change change(auth_);
  sqlite::Connection& db = change.db();
  if (!db.Any("SELECT 1 FROM accounts WHERE id = ?", account.id)) {
    // The same where it can be: it tells who was renamed.
    const bool is_taken = IsTaken(db, FolderKey(account.folder));
    Insert(db, account.id, account.name,
           is_taken ? FreeFolderFor(db, account.name) : account.folder, account.source,
           account.created);
  }
  const Quota& quota = account.quota;
  db.Execute(
      "UPDATE accounts SET name = ?, source = 'db', in_environment = 0, state = ?,"
      " password_hash = ?, collection_bytes_max = ?, media_bytes_max = ?, media_files_max = ?"
      " WHERE id = ?",
      account.name, std::string_view(NameOf(account.state)), account.password_hash,
      quota.collection_bytes_max, quota.media_bytes_max, quota.media_files_max, account.id);
  PutMove(db, account.id, {MoveState::kArriving, std::string(from_cell)});
  Account arrived = Require(db, account.name);
  change.Commit();
  return arrived;
}

void Accounts::Enable(std::string_view name) {
  SharedDatabase::Change change(auth_);
  change.db().Execute("UPDATE accounts SET state = 'enabled' WHERE id = ?",
                      RequireSettled(change.db(), name).id);
  change.Commit();
}

void Accounts::Disable(std::string_view name) {
  SharedDatabase::Change change(auth_);
  change.db().Execute("UPDATE accounts SET state = 'disabled' WHERE id = ?",
                      RequireSettled(change.db(), name).id);
  change.Commit();
}

void Accounts::SetQuota(std::string_view name, const Quota& quota) {
  SharedDatabase::Change change(auth_);
  change.db().Execute(
      "UPDATE accounts SET collection_bytes_max = ?, media_bytes_max = ?, media_files_max = ?"
      " WHERE id = ?",
      quota.collection_bytes_max, quota.media_bytes_max, quota.media_files_max,
      RequireSettled(change.db(), name).id);
  change.Commit();
}

std::vector<std::string> Accounts::AdoptEnvironment(std::span<const EnvironmentAccount> named) {
  for (const EnvironmentAccount& account : named) CheckEnvironmentAccount(account);
  std::vector<std::string> warnings;
  SharedDatabase::Change change(auth_);
  sqlite::Connection& db = change.db();
  auto not_named = NamesInEnvironment(db);
  bool differs = false;
  for (const EnvironmentAccount& account : named) {
    if (not_named.erase(account.name) > 0) continue;
    const auto existing = FindIn(db, account.name);
    if (existing && existing->source == AccountSource::kDatabase) {
      warnings.push_back(account.variable + " is ignored: " + account.name +
                         " is an account of the database, and ankisyncctl changes its password");
      continue;
    }
    const AccountId id =
        existing ? existing->id
                 : Claim(db, devices_, account.name, AccountSource::kEnvironment, clock_.Now()).id;
    db.Execute(
        "UPDATE accounts SET source = 'env', in_environment = 1,"
        " state = iif(state = 'deleted', 'enabled', state), password_hash = '' WHERE id = ?",
        id);
    differs = true;
  }
  for (const std::string& name : not_named) {
    db.Execute("UPDATE accounts SET in_environment = 0 WHERE name = ? AND in_environment", name);
    differs = true;
  }
  if (differs) change.Commit();
  return warnings;
}

}  // namespace ankisync
