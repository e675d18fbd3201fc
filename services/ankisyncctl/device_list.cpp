// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/device_lines.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

Action DefineDeviceList(CLI::App& command_line) {
  struct Options {
    std::string name;
    bool all = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "Of this account alone");
  command_line.add_flag("--all", options->all, "Revoked ones, too");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    std::vector<Account> accounts;
    if (options->name.empty()) {
      accounts = open.accounts.List();
    } else {
      accounts.push_back(open.accounts.Get(options->name));
    }
    std::vector<DeviceLine> lines;
    for (const Account& account : accounts) {
      for (Device& device : open.devices.List(account.id)) {
        if (options->all || !device.revoked) lines.push_back({account.name, std::move(device)});
      }
    }
    if (context.as_json) {
      std::string json;
      json::Writer out(json);
      Write(out, lines);
      context.out << json << "\n";
    } else if (lines.empty()) {
      context.out << "No device is logged in.\n";
    } else {
      Print(context.out, lines);
    }
  };
}

}  // namespace ankisync::ctl
