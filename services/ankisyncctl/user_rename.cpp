// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/cells/volume_cell.h"
#include "common/codec/json_writer.h"
#include "services/ankisyncctl/cell_ends.h"

namespace ankisync::ctl {

Action DefineUserRename(CLI::App& command_line) {
  struct Options {
    std::string name;
    std::string new_name;
    std::filesystem::path cells;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "The account")->required();
  command_line
      .add_option("NEW_NAME", options->new_name, "What the person logs in with from now on")
      ->required();
  DefineCellsOption(command_line, options->cells);
  return [options](Context& context) {
    OpenAccounts open(context.data);
    if (const auto cell = CellOf(open.volume)) {
      if (options->cells.empty())
        throw CLI::ValidationError("this is cell " + *cell +
                                   ": say which file of cells: --cells FILE");
      open.accounts.CheckAddable(options->new_name);
      PinUser(options->cells, open.accounts.GetOurs(options->name), options->new_name, *cell);
    }
    open.accounts.Rename(options->name, options->new_name);
    if (!context.as_json) {
      context.out << options->name << " is called " << options->new_name
                  << " now; devices stay logged in\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("renamed")
        .Text(options->name)
        .Key("to")
        .Text(options->new_name)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
