// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "services/ankisyncctl/cell_ends.h"

namespace ankisync::ctl {

Action DefineCellConfirm(CLI::App& command_line) {
  struct Options {
    std::string user;
    bool all = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, "Who was moved");
  command_line.add_flag("--all", options->all, "Everybody who was");
  return [options](Context& context) {
    if (options->user.empty() != options->all) throw CLI::ValidationError("say USER, or --all");
    OpenCell cell(context.data);
    std::vector<std::string> removed;
    for (const Account& account : cell.open.accounts.List()) {
      if (!options->all && account.name != options->user) continue;
      if (AccountMove::Confirm(cell.end(), account)) removed.push_back(account.name);
    }
    if (removed.empty() && !options->all)
      throw SyncError(ErrorKind::kInconsistentData,
                      "cell " + cell.name + " keeps nothing of a move of " + options->user);
    std::string json;
    json::Writer out(json);
    out.StartObject().Key("removed").StartArray();
    for (const std::string& name : removed) {
      out.Text(name);
      if (!context.as_json)
        context.out << "removed what " << name << " left in cell " << cell.name << "\n";
    }
    out.EndArray().EndObject();
    if (context.as_json) context.out << json << "\n";
  };
}

Action DefineCellShow(CLI::App&) {
  return [](Context& context) {
    OpenCell cell(context.data);
    std::string json;
    json::Writer out(json);
    out.StartObject().Key("cell").Text(cell.name).Key("moves").StartArray();
    if (!context.as_json) context.out << "cell " << cell.name << "\n";
    for (const Account& account : cell.open.accounts.List()) {
      const auto move = cell.holds.MoveOf(account.id);
      if (!move) continue;
      const bool keeps = AccountMove::KeepsData(cell.end(), account);
      if (!context.as_json) {
        context.out << account.name << ": " << ReasonOf(*move)
                    << (keeps ? ", not confirmed: its data is here still" : "") << "\n";
      }
      out.StartObject().Key("user").Text(account.name).Key("state").Text(ReasonOf(*move));
      out.Key("keeps_data").Bool(keeps).EndObject();
    }
    out.EndArray().EndObject();
    if (context.as_json) context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
