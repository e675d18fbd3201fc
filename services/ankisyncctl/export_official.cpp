// SPDX-License-Identifier: AGPL-3.0-or-later

#include <memory>

#include "common/core/error.h"
#include "services/ankisyncctl/move_report.h"

namespace ankisync::ctl {
Action DefineExportOfficial(CLI::App& command_line) {
  struct Options {
    std::filesystem::path base;
    std::vector<std::string> users;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("BASE", options->base, "What becomes the official server's SYNC_BASE")
      ->required();
  command_line.add_option("USER", options->users, "Only these accounts (default: all)");
  command_line.footer(
      "Passwords cannot be exported: start the official server with SYNC_USER1=name:password ...,\n"
      "and log in again on each device.");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    WorkerPool disk(kDiskThreads);
    std::vector<Account> accounts;
    for (const std::string& user : options->users) accounts.push_back(open.accounts.Get(user));
    if (options->users.empty()) accounts = open.accounts.List();
    for (const Account& account : accounts) {
      // The official server takes the name itself for the folder's.
      if (account.name.find('/') != std::string::npos || account.name.starts_with('.'))
        throw SyncError(ErrorKind::kInconsistentData,
                        account.name + " is no name for a folder of the official server");
      ReportExport(context, account.name,
                   ExportOfficial(open.volume.UserFolder(account.folder),
                                  options->base / account.name, open.clock, disk));
    }
  };
}

}  // namespace ankisync::ctl
