// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <string>

#include "common/codec/json_writer.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {
namespace {

struct Change {
  void (Accounts::*make)(std::string_view name);
  const char* done;  // in JSON the key
  const char* remark;
};

Action Define(CLI::App& command_line, const Change& change) {
  const auto name = std::make_shared<std::string>();
  command_line.add_option("NAME", *name, "The account")->required();
  return [name, change](Context& context) {
    OpenAccounts open(context.data);
    (open.accounts.*change.make)(*name);
    if (!context.as_json) {
      context.out << change.done << " " << *name << change.remark << "\n";
      return;
    }
    std::string json;
    json::Writer(json).StartObject().Key(change.done).Text(*name).EndObject();
    context.out << json << "\n";
  };
}

}  // namespace

Action DefineUserEnable(CLI::App& command_line) {
  return Define(command_line, {&Accounts::Enable, "enabled", ""});
}

Action DefineUserDisable(CLI::App& command_line) {
  return Define(command_line, {&Accounts::Disable, "disabled",
                               ": its devices stay logged in and are told so when they sync"});
}

}  // namespace ankisync::ctl
