// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>

#include "common/codec/json_writer.h"
#include "common/storage/backup/backup_record.h"
#include "common/storage/backup/make_backup.h"
#include "common/storage/backup/repository.h"
#include "common/storage/backup/tar_target.h"
#include "common/storage/volume/spool.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

constexpr char kStdout[] = "-";

struct Options {
  std::string to;
  std::optional<std::string> user;
};

BackupMade Make(const OpenAccounts& open, const Options& options) {
  const UnixMillis now = open.clock.Now();
  if (options.to == kStdout) {
    const Spool spool(open.volume);
    TarTarget target(STDOUT_FILENO, spool.folder());
    return MakeBackup(open.volume, open.accounts, options.user, target, now);
  }
  FolderTarget target(options.to);
  return MakeBackup(open.volume, open.accounts, options.user, target, now);
}

// Alerts are about backups of everybody, of which it is known whether they arrived.
BackupMade MakeOnRecord(const OpenAccounts& open, const Options& options) {
  TryToChangeBackupRecord(
      open.volume, [&](BackupRecord& record) { record.attempt = ToSeconds(open.clock.Now()); });
  const auto began = open.clock.Steady();
  try {
    BackupMade made = Make(open, options);
    ChangeBackupRecord(open.volume, [&](BackupRecord& record) {
      using std::chrono::milliseconds;
      record.backup = ToSeconds(open.clock.Now());
      record.took_ms =
          std::chrono::duration_cast<milliseconds>(open.clock.Steady() - began).count();
      record.new_bytes = static_cast<std::int64_t>(made.new_bytes);
    });
    return made;
  } catch (...) {
    TryToChangeBackupRecord(open.volume, [](BackupRecord& record) { ++record.failed_backups; });
    throw;
  }
}

void Report(Context& context, const BackupMade& made) {
  std::int64_t missing = 0;
  for (const BackupManifest::User& user : made.manifest.users) missing += user.media_missing;
  if (!context.as_json) {
    context.out << "made backup " << made.manifest.name << " of "
                << CountText(static_cast<std::int64_t>(made.manifest.users.size()), "user") << ", "
                << CountText(static_cast<std::int64_t>(made.new_files), "new file") << " with "
                << SizeText(made.new_bytes) << "\n";
    if (missing > 0)
      context.out << CountText(missing, "media file")
                  << " could not be read: see ankisyncctl media verify\n";
    return;
  }
  std::string json;
  json::Writer(json)
      .StartObject()
      .Key("backup")
      .Text(made.manifest.name)
      .Key("users")
      .Int(made.manifest.users.size())
      .Key("new_files")
      .Int(made.new_files)
      .Key("new_bytes")
      .Int(made.new_bytes)
      .Key("media_missing")
      .Int(missing)
      .EndObject();
  context.out << json << "\n";
}

}  // namespace

Action DefineBackupCreate(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  command_line
      .add_option("TO", options->to,
                  "A folder for backups, which share what they have in common; - writes one as a "
                  "tar archive to stdout")
      ->required();
  command_line.add_option("--user", options->user, "Only this account's collection and media");
  return [options](Context& context) {
    const OpenAccounts open(context.data);
    const bool is_stream = options->to == kStdout;
    const BackupMade made =
        is_stream || options->user ? Make(open, *options) : MakeOnRecord(open, *options);
    if (!is_stream) Report(context, made);
  };
}

}  // namespace ankisync::ctl
