// SPDX-License-Identifier: AGPL-3.0-or-later
#include <sys/stat.h>

#include <iostream>
#include <map>
#include <string>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "services/ankisyncctl/command.h"

namespace ankisync::ctl {
namespace {

struct Group {
  const char* name;
  const char* help;
};

constexpr Group kGroups[] = {
    {"media", "Images and sounds, while servers use them or not"},
    {"user", "Accounts; a running server knows at once"},
    {"volume", "The data folder"},
    {"import", "Move in from another server, devices and all"},
    {"export", "Move out again"},
};

constexpr Command kCommands[] = {
    {"media", "verify", "Compare the files with what is stored, repair, report", DefineMediaVerify},
    {"media", "gc", "Remove what no undo window holds any more, and what crashes left",
     DefineMediaGc},
    {"media", "stats", "Show how many files there are and what they take", DefineMediaStats},
    {"media", "undelete", "Show or bring back what was deleted or replaced", DefineMediaUndelete},
    {"user", "add", "Add an account", DefineUserAdd},
    {"user", "passwd", "Give an account a new password", DefineUserPasswd},
    {"user", "del", "Delete an account and log its devices out; its data stays", DefineUserDel},
    {"user", "list", "Show all accounts", DefineUserList},
    {"volume", "init", "Make a data folder, or check that it is one", DefineVolumeInit},
    {"import", "official", "From the server that comes with Anki", DefineImportOfficial},
    {"import", "ankisyncd", "From a Python server: ankisyncd and its descendants",
     DefineImportAnkisyncd},
    {"import", "ankisync-rs", "From anki-sync-server-rs", DefineImportAnkisyncRs},
    {"import", "colpkg", "From a package that Anki exported", DefineImportColpkg},
    {"export", "colpkg", "As a package that Anki imports", DefineExportColpkg},
    {"export", "official", "As the server that comes with Anki keeps it", DefineExportOfficial},
};

constexpr char kExitCodes[] =
    "Exit status:\n"
    "  0  done\n"
    "  1  refused: no such account, a name taken, a question answered with no; or media were lost\n"
    "  2  not a command, or not used as it wants\n"
    "  3  the data folder is not there, is locked, is full: may work later\n";

int StatusOf(ErrorKind kind) {
  return kind == ErrorKind::kUnavailable || kind == ErrorKind::kInternal ? kUnavailable : kRefused;
}

int Fail(const Context& context, int status, std::string_view why) {
  if (context.as_json) {
    std::string json;
    json::Writer(json).StartObject().Key("error").Text(why).EndObject();
    std::cerr << json << "\n";
  } else {
    std::cerr << "ankisyncctl: " << why << "\n";
  }
  return status;
}

int Run(int argc, char** argv) {
  Terminal terminal;
  Context context{.data = {}, .as_json = false, .out = std::cout, .terminal = terminal};
  Action chosen;

  CLI::App app("Looks after the data folder of an Anki sync server, running or not.",
               "ankisyncctl");
  app.footer(kExitCodes);
  app.set_version_flag("--version", "ankisyncctl " ANKISYNC_VERSION);
  app.add_option("--data", context.data, "The data folder")
      ->envname("ANKISYNCD_DATA")
      ->type_name("DIR");
  app.add_flag("--json", context.as_json, "Answer in JSON, for programs");
  app.require_subcommand(1);
  app.fallthrough();

  std::map<std::string_view, CLI::App*> groups;
  for (const auto& [name, help] : kGroups) {
    groups[name] = app.add_subcommand(name, help)->require_subcommand(1)->fallthrough();
  }
  for (const auto& [group, name, help, define] : kCommands) {
    CLI::App* const command = groups.at(group)->add_subcommand(name, help)->fallthrough();
    command->callback([&chosen, action = define(*command)] { chosen = action; });
  }

  try {
    app.parse(argc, argv);
    if (context.data.empty())
      throw CLI::ValidationError("say which data folder: --data DIR, or ANKISYNCD_DATA");
    chosen(context);
    context.out.flush();
    return context.out ? kDone : Fail(context, kUnavailable, "the answer could not be written");
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const CLI::ParseError& misuse) {
    return Fail(context, kMisused, std::string(misuse.what()) + " (--help tells more)");
  } catch (const SyncError& error) {
    return Fail(context, StatusOf(error.kind()), error.what());
  } catch (const std::exception& error) {
    return Fail(context, kUnavailable, error.what());
  }
}

}  // namespace
}  // namespace ankisync::ctl

int main(int argc, char** argv) {
  ::umask(077);  // what is made here holds password hashes and people's cards
  return ankisync::ctl::Run(argc, argv);
}
