// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {

Action DefineSnapshotPin(CLI::App& command_line) {
  const auto choice = DefineSnapshotChoice(command_line);
  const auto is_off = std::make_shared<bool>(false);
  command_line.add_flag("--off", *is_off, "Let it go with the others again");
  return [choice, is_off](Context& context) {
    const UserSnapshots of(context.data, choice->user);
    const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
    Snapshot snapshot = of.snapshots.Get(choice->snapshot);
    snapshot.is_pinned = !*is_off;
    of.snapshots.SetPinned(snapshot, snapshot.is_pinned);
    if (!context.as_json) {
      context.out << snapshot.name << (*is_off ? " goes when its time comes" : " stays") << "\n";
      return;
    }
    std::string json;
    json::Writer out(json);
    WriteJson(out, snapshot);
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
