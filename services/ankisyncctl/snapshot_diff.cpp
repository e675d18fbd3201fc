// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/restore_preview.h"

namespace ankisync::ctl {

Action DefineSnapshotDiff(CLI::App& command_line) {
  const auto choice = DefineSnapshotChoice(command_line);
  return [choice](Context& context) {
    const UserSnapshots of(context.data, choice->user);
    const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
    const Snapshot snapshot = of.snapshots.Get(choice->snapshot);
    const CollectionDifference difference = DifferenceTo(of, snapshot);
    if (!context.as_json) {
      context.out << "A restore of " << snapshot.name << "\n" << WordsFor(difference);
      return;
    }
    std::string json;
    json::Writer out(json);
    out.StartObject().Key("snapshot").Text(snapshot.name);
    WriteJson(out, difference);
    out.EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
