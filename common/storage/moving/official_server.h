// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "common/storage/accounts/environment_account.h"
#include "common/storage/moving/foreign_server.h"

// The server that comes with Anki. Its SYNC_BASE has a folder per user, named like the user:
//
//   collection.anki2    the collection
//   media.db, media/    index and files
//
// Accounts are in its environment alone. Source: docs/other-servers.md.
namespace ankisync {

// Whether any folder in `base` looks like a user's.
bool IsOfficialBase(const std::filesystem::path& base);

// Every user who has a collection; one that `accounts` names with the key that all of its devices
// use, and with its password's hash if that is what the variable holds.
ForeignServer ReadOfficialServer(const std::filesystem::path& base,
                                 std::span<const EnvironmentAccount> accounts);

// The key that the official server gives to everybody who logs in to the account.
std::string OfficialHostkey(const EnvironmentAccount& account);

}  // namespace ankisync
