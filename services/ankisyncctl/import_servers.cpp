// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "common/config/official_variables.h"
#include "common/core/error.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/moving/official_server.h"
#include "common/storage/moving/python_server.h"
#include "common/storage/volume/spool.h"
#include "services/ankisyncctl/move_report.h"

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

using Read = std::function<ForeignServer(const fs::path& path, const fs::path& scratch)>;

// PATH, the options, and what is done with them.
Action DefineImport(CLI::App& command_line, const char* path_help, Read read) {
  struct Options {
    fs::path path;
    bool is_dry_run = false;
    bool moves = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("PATH", options->path, path_help)
      ->required()
      ->check(CLI::ExistingDirectory);
  command_line.add_flag("--dry-run", options->is_dry_run, "Say what would be done, and do nothing");
  command_line.add_flag("--move", options->moves,
                        "Remove each file from PATH when it is safe here (default: PATH stays)");
  return [options, read = std::move(read)](Context& context) {
    OpenAccounts open(context.data);
    const Spool spool(open.volume);
    const ForeignServer server = read(options->path, spool.folder());
    if (server.users.empty())
      throw SyncError(ErrorKind::kInconsistentData,
                      options->path.string() + " has no user's folder in this layout");
    Import(context, open, server,
           {options->is_dry_run, options->moves ? SourceFiles::kLeave : SourceFiles::kStay});
  };
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
