// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include <functional>
#include <memory>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/backup/backup_record.h"
#include "common/storage/backup/verify_backup.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

// Alerts are about the volume that --data names; a backup can be verified without it.
void Record(const Context& context, const BackupManifest& backup,
            const std::function<void(BackupRecord&)>& change) {
  if (context.data.empty()) return;
  try {
    const Volume volume(context.data, Volume::Create::kNever);
    if (volume.id() == backup.volume_id && backup.is_whole()) ChangeBackupRecord(volume, change);
  } catch (const SyncError&) {  // it is elsewhere
  }
}

[[noreturn]] void Refuse(const BackupManifest& backup, const BackupVerified& found) {
  std::string all = "backup " + backup.name + " is damaged";
  for (const std::string& trouble : found.troubles) all += "\n  " + trouble;
  throw SyncError(ErrorKind::kInconsistentData, all);
}

// In the repository, where there is room for what is unpacked; one that may only be read (a medium
// from the shelf) leaves the system's folder for it.
BackupVerified Read(const BackupRepository& repository, const BackupManifest& backup) {
  if (::access(repository.folder().c_str(), W_OK) != 0)
    return VerifyBackup(repository, backup, std::filesystem::temp_directory_path());
  const FolderTarget only_one(repository.folder());
  return VerifyBackup(repository, backup, only_one.work_folder());
}

BackupVerified Verify(const Context& context, const BackupRepository& repository,
                      const BackupManifest& backup) {
  try {
    BackupVerified found = Read(repository, backup);
    if (!found.troubles.empty()) Refuse(backup, found);
    Record(context, backup,
           [](BackupRecord& record) { record.verify = ToSeconds(SystemClock().Now()); });
    return found;
  } catch (...) {
    Record(context, backup, [](BackupRecord& record) { ++record.failed_verifies; });
    throw;
  }
}

}  // namespace

Action DefineBackupVerify(CLI::App& command_line) {
  struct Options {
    std::string folder;
    std::string backup = "latest";
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("DIR", options->folder, "A folder with backups")->required();
  command_line.add_option("BACKUP", options->backup, "One of those listed; the latest if not said");
  return [options](Context& context) {
    const BackupRepository repository(options->folder);
    const BackupManifest backup = repository.Get(options->backup);
    const BackupVerified found = Verify(context, repository, backup);
    if (!context.as_json) {
      context.out << "backup " << backup.name
                  << " is sound: " << CountText(found.databases, "database") << ", "
                  << CountText(found.media_files, "media file") << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("verified")
        .Text(backup.name)
        .Key("databases")
        .Int(found.databases)
        .Key("media_files")
        .Int(found.media_files)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
