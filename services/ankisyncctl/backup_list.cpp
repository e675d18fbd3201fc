// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
#include "common/storage/backup/repository.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

// The only user's name, or how many there are.
std::string UsersOf(const BackupManifest& backup) {
  const bool is_one = !backup.is_whole() && backup.users.size() == 1;
  return is_one ? backup.users.front().name
                : CountText(static_cast<std::int64_t>(backup.users.size()), "user");
}

void PrintJson(std::ostream& out, const std::vector<BackupManifest>& backups) {
  std::string json;
  json::Writer writer(json);
  writer.StartArray();
  for (const BackupManifest& backup : backups) {
    writer.StartObject().Key("backup").Text(backup.name);
    writer.Key("volume").Text(backup.volume_id).Key("whole").Bool(backup.is_whole());
    writer.Key("users").StartArray();
    for (const BackupManifest::User& user : backup.users) writer.Text(user.name);
    writer.EndArray().EndObject();
  }
  writer.EndArray();
  out << json << "\n";
}

}  // namespace

Action DefineBackupList(CLI::App& command_line) {
  const auto folder = std::make_shared<std::string>();
  command_line.add_option("DIR", *folder, "A folder with backups")->required();
  return [folder](Context& context) {
    const std::vector<BackupManifest> backups = BackupRepository(*folder).List();
    if (context.as_json) {
      PrintJson(context.out, backups);
      return;
    }
    for (const BackupManifest& backup : backups)
      context.out << backup.name << "  " << UsersOf(backup) << "\n";
    if (backups.empty()) context.out << "There are no backups yet.\n";
  };
}

}  // namespace ankisync::ctl
