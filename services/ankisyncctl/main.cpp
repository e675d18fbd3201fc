// SPDX-License-Identifier: AGPL-3.0-or-later
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <string>

#include "common/codec/json_writer.h"
#include "common/config/load.h"
#include "common/core/error.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/completion.h"
#include "services/ankisyncctl/manual.h"

namespace ankisync::ctl {
namespace {

struct Group {
  const char* name;
  const char* help;
};

constexpr Group kGroups[] = {
    {"media", "Images and sounds, while servers use them or not"},
    {"user", "Accounts; a running server knows at once"},
    {"device", "Logins of an account, one each for every device"},
    {"quota", "How much of the server an account may fill"},
    {"maintenance", "Tell people to come back later, and leave their data alone meanwhile"},
    {"snapshot", "Earlier states of a collection: the undo of a wrong upload"},
    {"backup", "Copies of everything, elsewhere"},
    {"cell", "Which users live in which cell, of several"},
    {"volume", "The data folder"},
    {"import", "Move in from another server, devices and all"},
    {"export", "Move out again"},
};

constexpr Command kCommands[] = {
    {"", "doctor", "Look for what is wrong, on this machine or from where Anki is", DefineDoctor,
     Needs::kNothing},
    {"media", "verify", "Compare the files with what is stored, repair, report", DefineMediaVerify},
    {"media", "gc", "Remove what no undo window holds any more, and what crashes left",
     DefineMediaGc},
    {"media", "stats", "Show how many files there are and what they take", DefineMediaStats},
    {"media", "undelete", "Show or bring back what was deleted or replaced", DefineMediaUndelete},
    {"user", "add", "Add an account", DefineUserAdd},
    {"user", "passwd", "Give an account a new password", DefineUserPasswd},
    {"user", "rename", "Give an account another name; data and devices stay", DefineUserRename},
    {"user", "disable", "Serve an account no more; its devices are told so", DefineUserDisable},
    {"user", "enable", "Serve it again", DefineUserEnable},
    {"user", "del", "Delete an account and log its devices out; its data stays", DefineUserDel},
    {"user", "list", "Show all accounts", DefineUserList},
    {"user", "show", "Show all of one account", DefineUserShow},
    {"device", "list", "Show who is logged in where", DefineDeviceList},
    {"device", "revoke", "Log a device out; the others stay", DefineDeviceRevoke},
    {"device", "label", "Give a device a word of yours", DefineDeviceLabel},
    {"quota", "set", "Bound what an account may fill", DefineQuotaSet},
    {"quota", "show", "Show what accounts fill, and their bounds", DefineQuotaShow},
    {"maintenance", "on", "Tell people to come back later", DefineMaintenanceOn},
    {"maintenance", "off", "Serve people again", DefineMaintenanceOff},
    {"maintenance", "show", "Show who is held up, and why", DefineMaintenanceShow},
    {"snapshot", "list", "Show a user's snapshots", DefineSnapshotList},
    {"snapshot", "show", "Say what is in a snapshot", DefineSnapshotShow},
    {"snapshot", "create", "Make a snapshot now", DefineSnapshotCreate},
    {"snapshot", "diff", "Say what a restore would change", DefineSnapshotDiff},
    {"snapshot", "restore", "Put a collection back, with servers running", DefineSnapshotRestore},
    {"snapshot", "pin", "Keep a snapshot until it is removed", DefineSnapshotPin},
    {"snapshot", "rm", "Remove a snapshot", DefineSnapshotRm},
    {"backup", "create", "Back up the volume or one user, with servers running",
     DefineBackupCreate},
    {"backup", "list", "Show the backups in a folder", DefineBackupList, Needs::kNothing},
    {"backup", "verify", "Read all of a backup and check it", DefineBackupVerify, Needs::kNothing},
    {"backup", "restore", "Restore one user, or all into a new data folder", DefineBackupRestore},
    {"backup", "prune", "Remove old backups, fewer and fewer of the older ones", DefineBackupPrune,
     Needs::kNothing},
    {"cell", "move", "Move a user or a bucket of them to another cell, with servers running",
     DefineCellMove},
    {"cell", "confirm", "Remove what a user who was moved left behind", DefineCellConfirm},
    {"cell", "rebalance", "Propose moves of buckets, by size and activity", DefineCellRebalance},
    {"cell", "show", "Show who is being moved from or to here, or was", DefineCellShow},
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
    "  1  refused: no such account, a name taken, a question answered with no; or media were "
    "lost;\n"
    "     or the doctor found an error\n"
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

// Whoever runs this as root does it for the server: what is made must be the server's.
void ActAsOwnerOf(const std::filesystem::path& data) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(data.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(folder.st_gid) != 0 || ::setuid(folder.st_uid) != 0)
    throw SyncError(ErrorKind::kUnavailable, "cannot act as the owner of " + data.string());
}

std::string SayWhichFolder() {
  std::string sentence = "say which data folder: --data DIR, ANKISYNCD_DATA, or --config FILE";
  for (const char* const here : {".", "data"}) {
    if (std::filesystem::exists(std::filesystem::path(here) / "volume.json"))
      return sentence + "; --data " + here + " would be one";
  }
  return sentence;
}

class CommandLine {
 public:
  CommandLine() {
    app_.footer(kExitCodes);
    app_.set_version_flag("--version", "ankisyncctl " ANKISYNC_VERSION);
    app_.add_option("--data", context_.data, "The data folder")
        ->envname("ANKISYNCD_DATA")
        ->type_name("DIR");
    app_.add_option("--config", context_.config_file, "The file that servers are started with")
        ->envname("ANKISYNCD_CONFIG")
        ->type_name("FILE");
    app_.add_flag("--json", context_.as_json, "Answer in JSON, for programs");
    app_.add_flag("--print-man", print_man_, "Show ankisyncctl(1), and end");
    app_.add_option("--print-completion", completion_for_,
                    "Show what makes bash, zsh or fish complete commands, and end")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("SHELL");
    app_.fallthrough();
    std::map<std::string_view, CLI::App*> groups;
    for (const auto& [name, help] : kGroups) {
      groups[name] = app_.add_subcommand(name, help)->require_subcommand(1)->fallthrough();
    }
    groups[""] = &app_;
    for (const auto& [group, name, help, define, needs] : kCommands) {
      CLI::App* const command = groups.at(group)->add_subcommand(name, help)->fallthrough();
      command->callback([this, needed = needs, action = define(*command)] {
        chosen_ = action;
        needs_ = needed;
      });
    }
  }

  int Run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
      Obey();
      context_.out.flush();
      return context_.out ? context_.status
                          : Fail(context_, kUnavailable, "the answer could not be written");
    } catch (const CLI::Success& asked_for_help) {
      return app_.exit(asked_for_help);
    } catch (const CLI::ParseError& misuse) {
      return Fail(context_, kMisused, WhatIsWrong(misuse) + " (--help tells more)");
    } catch (const ConfigError& misuse) {
      return Fail(context_, kMisused, misuse.what());
    } catch (const SyncError& error) {
      return Fail(context_, StatusOf(error.kind()), error.what());
    } catch (const std::exception& error) {
      return Fail(context_, kUnavailable, error.what());
    }
  }

 private:
  // CLI11 calls a misspelt command something else.
  std::string WhatIsWrong(const CLI::ParseError& misuse) const {
    const CLI::App* found = &app_;
    std::string words;
    while (!found->get_subcommands().empty()) {
      found = found->get_subcommands().front();
      words += found->get_name() + " ";
    }
    for (const std::string& left : app_.remaining(true)) {
      const bool is_command = !left.starts_with("-") && !found->get_subcommands({}).empty();
      if (is_command) return "there is no command " + words + left;
    }
    return misuse.what();
  }

  void Obey() {
    if (print_man_) {
      context_.out << ManPage(app_, ANKISYNC_VERSION, kExitCodes);
    } else if (!completion_for_.empty()) {
      context_.out << Completion(app_, completion_for_);
    } else if (!chosen_) {
      throw CLI::RequiredError("a command");
    } else {
      Act();
    }
  }

  void Act() {
    if (context_.data.empty() && !context_.config_file.empty())
      context_.data = LoadConfigOfServers(context_.config_file, environ).config.data;
    if (context_.data.empty() && needs_ == Needs::kDataFolder)
      throw CLI::ValidationError(SayWhichFolder());
    if (!context_.data.empty()) ActAsOwnerOf(context_.data);
    chosen_(context_);
  }

  Terminal terminal_;
  Context context_{
      .data = {}, .config_file = {}, .as_json = false, .out = std::cout, .terminal = terminal_};
  Action chosen_;
  Needs needs_ = Needs::kDataFolder;
  bool print_man_ = false;
  std::string completion_for_;  // which shell
  CLI::App app_{"Looks after the data folder of an Anki sync server, running or not.",
                "ankisyncctl"};
};

}  // namespace
}  // namespace ankisync::ctl

int main(int argc, char** argv) {
  ::umask(077);  // what is made here holds password hashes and people's cards
  return ankisync::ctl::CommandLine().Run(argc, argv);
}
