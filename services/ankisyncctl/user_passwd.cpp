// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
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
  command_line
      .add_flag("--log-out,!--stay", options->logs_out,
                "Log all devices out, which then need the new password; or not (the default)")
      ->envname("ANKISYNCD_PASSWD_LOG_OUT");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    open.accounts.GetOurs(options->name);
    const std::string password = options->password.Read(options->name, context.terminal);
    open.accounts.SetPassword(
        options->name, HashPassword(password, {}),
        options->logs_out ? Accounts::ThenDevices::kAreRevoked : Accounts::ThenDevices::kStay);
    if (!context.as_json) {
      context.out << options->name << " has a new password"
                  << (options->logs_out ? ", and its devices must log in again" : "") << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("changed")
        .Text(options->name)
        .Key("logged_out")
        .Bool(options->logs_out)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
