// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/error.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {

Action DefineSnapshotRm(CLI::App& command_line) {
  const auto choice = DefineSnapshotChoice(command_line);
  const auto is_sure = std::make_shared<bool>(false);
  command_line.add_flag("--yes", *is_sure, "Do not ask");
  return [choice, is_sure](Context& context) {
    const UserSnapshots of(context.data, choice->user);
    const std::string name = of.snapshots.Get(choice->snapshot).name;
    if (!*is_sure && !context.terminal.Confirm("Remove " + name + " for ever?", "--yes"))
      throw SyncError(ErrorKind::kInconsistentData, "nothing was removed");
    const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
    of.snapshots.Remove(of.snapshots.Get(name));
    if (!context.as_json) {
      context.out << "removed " << name << "\n";
      return;
    }
    std::string json;
    json::Writer(json).StartObject().Key("removed").Text(name).EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
