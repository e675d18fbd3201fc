// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

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
void RecordSuccess(const std::filesystem::path& data, const BackupManifest& backup) {
  try {
    const Volume volume(data, Volume::Create::kNever);
    if (volume.id() != backup.volume_id || !backup.is_whole()) return;
    BackupRecord record = ReadBackupRecord(volume);
    record.verify = ToSeconds(SystemClock().Now());
    WriteBackupRecord(volume, record);
  } catch (const SyncError&) {  // it is elsewhere
  }
}

// In the repository, where there is room for what is unpacked; one that may only be read (a medium
// from the shelf) leaves the system's folder for it.
BackupVerified Verify(const BackupRepository& repository, const BackupManifest& backup) {
  if (::access(repository.folder().c_str(), W_OK) != 0)
    return VerifyBackup(repository, backup, std::filesystem::temp_directory_path());
  const FolderTarget only_one(repository.folder());
  return VerifyBackup(repository, backup, only_one.work_folder());
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
    const BackupVerified found = Verify(repository, backup);
    if (!found.troubles.empty()) {
      std::string all = "backup " + backup.name + " is damaged";
      for (const std::string& trouble : found.troubles) all += "\n  " + trouble;
      throw SyncError(ErrorKind::kInconsistentData, all);
    }
    RecordSuccess(context.data, backup);
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
