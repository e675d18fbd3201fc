// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include <memory>

#include "common/codec/json_writer.h"
#include "common/config/load.h"
#include "common/storage/accounts/password_hash.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"
#include "services/ankisyncctl/password_source.h"

namespace ankisync::ctl {

Action DefineUserPasswd(CLI::App& command_line) {
  struct Options {
    std::string name;
    PasswordSource password;
    bool logs_out = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "The account")->required();
  options->password.DefineOn(command_line);
  const CLI::Option* const says_so = command_line.add_flag(
      "--log-out,!--stay", options->logs_out,
      "Log all devices out, which then need the new password; or not. Default: "
      "passwd.log_out of the configuration");
  return [options, says_so](Context& context) {
    OpenAccounts open(context.data);
    open.accounts.GetOurs(options->name);
    const bool logs_out =
        *says_so ? options->logs_out
                 : LoadConfigOfServers(context.config_file, environ).config.passwd.log_out;
    const std::string password = options->password.Read(options->name, context.terminal);
    open.accounts.SetPassword(
        options->name, HashPassword(password, {}),
        logs_out ? Accounts::ThenDevices::kAreRevoked : Accounts::ThenDevices::kStay);
    if (!context.as_json) {
      context.out << options->name << " has a new password"
                  << (logs_out ? ", and its devices must log in again" : "") << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("changed")
        .Text(options->name)
        .Key("logged_out")
        .Bool(logs_out)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
