// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <ostream>

#include "services/ankisyncctl/terminal.h"

// What every command is made of.
namespace ankisync::ctl {

// Exit statuses; --help explains them (main.cpp).
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kMisused = 2;
inline constexpr int kUnavailable = 3;

struct Context {
  std::filesystem::path data;
  std::filesystem::path config_file;  // of the servers; empty: variables alone
  bool as_json = false;
  std::ostream& out;
  Terminal& terminal;
  int status = kDone;  // of a command that was done, and found something
};

// Errors: SyncError; CLI::ValidationError for misuse that only shows when the command runs.
using Action = std::function<void(Context&)>;

enum class Needs { kDataFolder, kNothing };

// "ankisyncctl <group> <name>", or without a group where that is empty. `define` adds arguments and
// options to the command line and returns what is to be done with them.
struct Command {
  const char* group;
  const char* name;
  const char* help;
  Action (*define)(CLI::App& command_line);
  Needs needs = Needs::kDataFolder;
};

Action DefineBackupCreate(CLI::App& command_line);
Action DefineBackupList(CLI::App& command_line);
Action DefineBackupPrune(CLI::App& command_line);
Action DefineBackupRestore(CLI::App& command_line);
Action DefineBackupVerify(CLI::App& command_line);
Action DefineCellConfirm(CLI::App& command_line);
Action DefineCellMove(CLI::App& command_line);
Action DefineCellRebalance(CLI::App& command_line);
Action DefineCellShow(CLI::App& command_line);
Action DefineDeviceLabel(CLI::App& command_line);
Action DefineDeviceList(CLI::App& command_line);
Action DefineDeviceRevoke(CLI::App& command_line);
Action DefineDoctor(CLI::App& command_line);
Action DefineExportColpkg(CLI::App& command_line);
Action DefineExportOfficial(CLI::App& command_line);
Action DefineImportAnkisyncRs(CLI::App& command_line);
Action DefineImportAnkisyncd(CLI::App& command_line);
Action DefineImportColpkg(CLI::App& command_line);
Action DefineImportOfficial(CLI::App& command_line);
Action DefineMaintenanceOff(CLI::App& command_line);
Action DefineMaintenanceOn(CLI::App& command_line);
Action DefineMaintenanceShow(CLI::App& command_line);
Action DefineMediaGc(CLI::App& command_line);
Action DefineMediaStats(CLI::App& command_line);
Action DefineMediaUndelete(CLI::App& command_line);
Action DefineMediaVerify(CLI::App& command_line);
Action DefineQuotaSet(CLI::App& command_line);
Action DefineQuotaShow(CLI::App& command_line);
Action DefineSnapshotCreate(CLI::App& command_line);
Action DefineSnapshotDiff(CLI::App& command_line);
Action DefineSnapshotList(CLI::App& command_line);
Action DefineSnapshotPin(CLI::App& command_line);
Action DefineSnapshotRestore(CLI::App& command_line);
Action DefineSnapshotRm(CLI::App& command_line);
Action DefineSnapshotShow(CLI::App& command_line);
Action DefineUserAdd(CLI::App& command_line);
Action DefineUserDel(CLI::App& command_line);
Action DefineUserDisable(CLI::App& command_line);
Action DefineUserEnable(CLI::App& command_line);
Action DefineUserList(CLI::App& command_line);
Action DefineUserPasswd(CLI::App& command_line);
Action DefineUserRename(CLI::App& command_line);
Action DefineUserShow(CLI::App& command_line);
Action DefineVolumeInit(CLI::App& command_line);

}  // namespace ankisync::ctl
