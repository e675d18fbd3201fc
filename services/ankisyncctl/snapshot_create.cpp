// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/error.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {

Action DefineSnapshotCreate(CLI::App& command_line) {
  struct Options {
    std::string user;
    bool is_pinned = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, "The account")->required();
  command_line.add_flag("--pin", options->is_pinned, "Keep it until it is removed");
  return [options](Context& context) {
    const UserSnapshots of(context.data, options->user);
    if (!std::filesystem::exists(of.present))
      throw SyncError(ErrorKind::kInconsistentData, options->user + " has no collection yet");
    const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
    Snapshot made =
        of.snapshots.Make(of.present, Snapshot::Reason::kManual, ToSeconds(of.open.clock.Now()));
    made.is_pinned = options->is_pinned;
    if (made.is_pinned) of.snapshots.SetPinned(made, true);
    if (!context.as_json) {
      context.out << "made " << made.name << ", " << SizeText(made.bytes) << "\n";
      return;
    }
    std::string json;
    json::Writer out(json);
    WriteJson(out, made);
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
