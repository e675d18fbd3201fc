// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <map>

#include "common/config/official_variables.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/moving/official_server.h"
#include "common/storage/moving/python_server.h"
#include "services/ankisyncctl/import_report.h"

namespace ankisync::ctl {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> VariablesOfProcess() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    variables.emplace(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
  }
  return variables;
}

std::vector<EnvironmentAccount> AccountsOfVariables() {
  const config::Environment environment(VariablesOfProcess());
  const auto kind = config::HasHashedPasswords(environment) ? EnvironmentAccount::Secret::kHashed
                                                            : EnvironmentAccount::Secret::kPlain;
  std::vector<EnvironmentAccount> accounts;
  for (const Config::Account& account : config::OfficialAccounts(environment)) {
    accounts.push_back({account.variable, account.name, account.secret, kind});
    CheckEnvironmentAccount(accounts.back());
  }
  return accounts;
}

ForeignServer ReadOfficial(const fs::path& base, const fs::path&) {
  const std::vector<EnvironmentAccount> accounts = AccountsOfVariables();
  ForeignServer server = ReadOfficialServer(base, accounts);
  for (ForeignUser& user : server.users) {
    const auto account = std::ranges::find(accounts, user.name, &EnvironmentAccount::name);
    if (account != accounts.end() && account->kind == EnvironmentAccount::Secret::kPlain)
      user.password_hash = HashPassword(account->secret, {});
  }
  return server;
}

}  // namespace

Action DefineImportOfficial(CLI::App& command_line) {
  command_line.footer(
      "Accounts and their devices' keys come from that server's variables SYNC_USER1 ...,\n"
      "PASSWORDS_HASHED: give them to this command. A user whom no variable names needs an\n"
      "account first (user add), and a new login on each device.");
  return DefineImport(command_line, "The official server's SYNC_BASE", ReadOfficial);
}

Action DefineImportAnkisyncd(CLI::App& command_line) {
  struct Databases {
    fs::path auth;
    fs::path session;
  };
  const auto databases = std::make_shared<Databases>();
  command_line.add_option("--auth-db", databases->auth, "Default: auth.db in PATH or beside it");
  command_line.add_option("--session-db", databases->session,
                          "Default: session.db in PATH or beside it");
  return DefineImport(
      command_line, "The Python server's data_root, with a folder per user",
      [databases](const fs::path& root, const fs::path& scratch) {
        const auto found = [&](const fs::path& given, const char* name) {
          if (!given.empty()) return given;
          return fs::exists(root / name) ? root / name : fs::absolute(root).parent_path() / name;
        };
        return ReadPythonServer(
            {root, found(databases->auth, "auth.db"), found(databases->session, "session.db")},
            scratch);
      });
}

Action DefineImportAnkisyncRs(CLI::App& command_line) {
  return DefineImport(command_line, "The root_dir of anki-sync-server-rs", ReadAnkisyncRs);
}

}  // namespace ankisync::ctl
