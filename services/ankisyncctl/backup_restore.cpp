// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <memory>
#include <optional>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/backup/restore_backup.h"
#include "common/storage/snapshots/undo.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/held_user.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

constexpr std::size_t kDiskThreads = 8;
constexpr char kSentence[] =
    "Your collection is being restored from a backup. Please sync again in a few minutes.";

struct Options {
  std::string folder;
  std::string backup = "latest";
  std::optional<std::string> user;
  bool is_sure = false;
};

void Confirm(Context& context, const Options& options, const std::string& question) {
  if (!options.is_sure && !context.terminal.Confirm(question, "--yes"))
    throw SyncError(ErrorKind::kInconsistentData, "nothing was restored");
}

void RestoreOne(Context& context, const Options& options, const BackupRepository& repository,
                const BackupManifest& backup) {
  const auto user = std::ranges::find(backup.users, *options.user, &BackupManifest::User::name);
  if (user == backup.users.end())
    throw SyncError(ErrorKind::kInconsistentData,
                    "backup " + backup.name + " has no user " + *options.user);
  UserSnapshots of(context.data, *options.user);  // an account of that name must be there
  Confirm(context, options,
          "Put the collection and the media of " + *options.user + " back to backup " +
              backup.name + "?");
  WorkerPool disk(kDiskThreads);
  const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
  {
    const HeldUser held(of.open, of.account.id, of.account.folder, "restore", kSentence);
    RestoreUser(repository, *user, of.user_folder, {.disk = disk, .clock = of.open.clock});
  }
  try {
    KeepSuperseded(of.user_folder, Snapshot::Reason::kRestore, ToSeconds(of.open.clock.Now()));
  } catch (const SyncError&) {  // the file stays as the undo
  }
}

void RestoreAll(Context& context, const Options& options, const BackupRepository& repository,
                const BackupManifest& backup) {
  const Volume volume(context.data, Volume::Create::kIfMissing);
  Confirm(context, options,
          "Restore all of backup " + backup.name + " into " + volume.root().string() + "?");
  WorkerPool disk(kDiskThreads);
  const SystemClock clock;
  RestoreVolume(repository, backup, volume, {.disk = disk, .clock = clock});
}

}  // namespace

Action DefineBackupRestore(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  command_line.add_option("DIR", options->folder, "A folder with backups")->required();
  command_line.add_option("BACKUP", options->backup, "One of those listed; the latest if not said");
  command_line.add_option("--user", options->user,
                          "Only this account's collection and media, with servers running; "
                          "otherwise all, into a data folder without accounts");
  command_line.add_flag("--yes", options->is_sure, "Do not ask");
  return [options](Context& context) {
    const BackupRepository repository(options->folder);
    const BackupManifest backup = repository.Get(options->backup);
    (options->user ? RestoreOne : RestoreAll)(context, *options, repository, backup);
    if (!context.as_json) {
      context.out << "restored backup " << backup.name
                  << ".\nAt their next sync devices ask whether to upload or to download: one that "
                     "has newer work may upload it.\n";
      return;
    }
    std::string json;
    json::Writer(json).StartObject().Key("restored").Text(backup.name).EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
