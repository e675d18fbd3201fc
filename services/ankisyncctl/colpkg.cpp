// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/colpkg.h"

#include <memory>

#include "common/storage/volume/spool.h"
#include "services/ankisyncctl/move_report.h"

namespace ankisync::ctl {
namespace {

// SQLite's own bound is far beyond; this keeps a bomb from filling the disk.
constexpr std::uint64_t kCollectionBytesMax = std::uint64_t{16} << 30;

}  // namespace

Action DefineImportColpkg(CLI::App& command_line) {
  struct Options {
    std::filesystem::path package;
    std::string user;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("FILE", options->package, "What Anki's File > Export wrote, .colpkg")
      ->required()
      ->check(CLI::ExistingFile);
  command_line.add_option("USER", options->user, "An account without data yet")->required();
  return [options](Context& context) {
    OpenAccounts open(context.data);
    open.accounts.Get(options->user);
    const Spool spool(open.volume);
    UnpackColpkg(options->package, spool.folder(), kCollectionBytesMax);
    ForeignServer server;
    server.users.push_back({options->user, spool.folder(), {}, {}});
    Import(context, open, server, {.is_dry_run = false, .source = SourceFiles::kLeave});
  };
}

Action DefineExportColpkg(CLI::App& command_line) {
  struct Options {
    std::string user;
    std::filesystem::path package;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, "The account")->required();
  command_line.add_option("FILE", options->package, "The .colpkg to write")->required();
  return [options](Context& context) {
    OpenAccounts open(context.data);
    const Account account = open.accounts.Get(options->user);
    const Spool scratch(open.volume);
    WorkerPool disk(kDiskThreads);
    ReportExport(context, account.name,
                 ExportColpkg(open.volume.UserFolder(account.folder), options->package,
                              scratch.folder(), open.clock, disk));
  };
}

}  // namespace ankisync::ctl
