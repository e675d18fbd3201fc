// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "common/config/environment.h"
#include "common/config/settings.h"

// The official server's variables, which keep their meaning here: SYNC_BASE, SYNC_HOST, SYNC_PORT,
// SYNC_IP_HEADER, MAX_SYNC_PAYLOAD_MEGS, SYNC_USER1 …, PASSWORDS_HASHED. Each also as NAME_FILE.
namespace ankisync::config {

bool HasOfficialVariables(const Environment& environment);

// What that server does where its variables say nothing. Errors: ConfigError without a HOME.
void TakeOfficialDefaults(const Environment& environment, Settings& settings);

// SYNC_USER1 … up to the first that is missing. Errors: ConfigError, as below.
std::vector<Config::Account> OfficialAccounts(const Environment& environment);
bool HasHashedPasswords(const Environment& environment);

// Returns warnings. Errors: ConfigError that names the variable, never a secret.
std::vector<std::string> ApplyOfficialVariables(const Environment& environment, Settings& settings);

}  // namespace ankisync::config
