// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/manual.h"

#include <vector>

#include "common/core/roff.h"

namespace ankisync::ctl {
namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) { return app.get_subcommands({}); }

bool IsPositional(const CLI::Option& option) { return option.get_positional(); }

std::string NameOf(const CLI::Option& option) {
  return IsPositional(option) ? option.get_name() : "--" + option.get_lnames().front();
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::string Described(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    std::string name = NameOf(*option);
    if (!IsPositional(*option) && TakesValue(*option)) name += " " + option->get_type_name();
    text += ".TP\n.B " + Roff(name) + "\n" + Roff(option->get_description()) + "\n";
  }
  return text;
}

std::string Synopsis(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (IsPositional(*option)) {
      text += option->get_required() ? " " + NameOf(*option) : " [" + NameOf(*option) + "]";
    }
  }
  return text;
}

std::string Section(const std::string& name, const CLI::App& command) {
  return ".SS " + Roff(name + Synopsis(command)) + "\n" + Roff(command.get_description()) + ".\n" +
         Described(command);
}

}  // namespace

std::string ManPage(const CLI::App& app, const std::string& version,
                    const std::string& exit_codes) {
  std::string text = ".TH ANKISYNCCTL 1 \"\" \"ankisyncctl " + version +
                     "\"\n.SH NAME\nankisyncctl \\- " + Roff(app.get_description()) +
                     "\n.SH SYNOPSIS\n.B ankisyncctl\n[\\-\\-data DIR] [\\-\\-json] COMMAND\n"
                     ".SH OPTIONS\n" +
                     Described(app) + ".SH COMMANDS\n";
  for (const CLI::App* group : CommandsOf(app)) {
    if (CommandsOf(*group).empty()) text += Section(group->get_name(), *group);
    for (const CLI::App* command : CommandsOf(*group))
      text += Section(group->get_name() + " " + command->get_name(), *command);
  }
  return text + ".SH EXIT STATUS\n.nf\n" + Roff(exit_codes) + ".fi\n";
}

}  // namespace ankisync::ctl
