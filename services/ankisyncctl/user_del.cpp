// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

Action DefineUserDel(CLI::App& command_line) {
  struct Options {
    std::string name;
    bool is_sure = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "The account")->required();
  command_line.add_flag("--yes", options->is_sure, "Do not ask");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    const std::string folder = "collections/users/" + open.accounts.Get(options->name).folder;
    if (!options->is_sure &&
        !context.terminal.Confirm("Delete " + options->name +
                                      " and log its devices out? Its data stays in " + folder + ".",
                                  "--yes")) {
      throw SyncError(ErrorKind::kInconsistentData, "nothing was deleted");
    }
    open.accounts.Delete(options->name);
    if (!context.as_json) {
      context.out << "deleted " << options->name << "; its data stays in " << folder << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("deleted")
        .Text(options->name)
        .Key("kept")
        .Text(folder)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
