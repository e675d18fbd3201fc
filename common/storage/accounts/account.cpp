// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/account.h"

#include <cstdint>
#include <cstdlib>
#include <optional>

#include "common/storage/volume/folder_name.h"

namespace ankisync {
namespace {

AccountState StateOf(std::string_view name) {
  if (name == "enabled") return AccountState::kEnabled;
  return name == "withdrawn" ? AccountState::kWithdrawn : AccountState::kDisabled;
}

std::optional<std::int64_t> BoundOf(const sqlite::Cursor& row, int column) {
  return row.IsNull(column) ? std::nullopt : std::optional(row.Int(column));
}

}  // namespace

Account AccountOf(const sqlite::Cursor& row) {
  return {.id = row.As<AccountId>(0),
          .name = std::string(row.Text(1)),
          .folder = std::string(row.Text(2)),
          .source = row.Text(3) == "env" ? AccountSource::kEnvironment : AccountSource::kDatabase,
          .state = StateOf(row.Text(4)),
          .password_hash = std::string(row.Text(5)),
          .created = row.As<UnixMillis>(6),
          .quota = {BoundOf(row, 7), BoundOf(row, 8), BoundOf(row, 9)}};
}

bool WasRenamed(const Account& account) {
  return account.folder != FolderNameFor(account.name, [](const std::string&) { return false; });
}

const char* NameOf(AccountSource source) {
  switch (source) {
    case AccountSource::kDatabase:
      return "db";
    case AccountSource::kEnvironment:
      return "env";
  }
  std::abort();
}

const char* NameOf(AccountState state) {
  switch (state) {
    case AccountState::kEnabled:
      return "enabled";
    case AccountState::kDisabled:
      return "disabled";
    case AccountState::kWithdrawn:
      return "withdrawn";
  }
  std::abort();
}

}  // namespace ankisync
