// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/error.h"
#include "common/storage/snapshots/restore.h"
#include "common/storage/snapshots/undo.h"
#include "services/ankisyncctl/held_user.h"
#include "services/ankisyncctl/restore_preview.h"

namespace ankisync::ctl {
namespace {

constexpr char kSentence[] =
    "Your collection is being put back to an earlier state. Please sync again in a minute.";

// Never with the restore: what was replaced is safe in its file until it is a snapshot.
std::string KeepUndo(const UserSnapshots& of) {
  try {
    const auto made =
        KeepSuperseded(of.user_folder, Snapshot::Reason::kRestore, ToSeconds(of.open.clock.Now()));
    return made.empty() ? "" : made.back().name;
  } catch (const SyncError&) {
    return "";
  }
}

}  // namespace

Action DefineSnapshotRestore(CLI::App& command_line) {
  const auto choice = DefineSnapshotChoice(command_line);
  const auto is_sure = std::make_shared<bool>(false);
  command_line.add_flag("--yes", *is_sure, "Do not ask");
  return [choice, is_sure](Context& context) {
    UserSnapshots of(context.data, choice->user);
    const FileLock lock = of.snapshots.Lock(kSnapshotLockWait);
    const Snapshot snapshot = of.snapshots.Get(choice->snapshot);
    if (!*is_sure) {
      const std::string words = WordsFor(DifferenceTo(of, snapshot));
      if (!context.terminal.Confirm("A restore of " + snapshot.name + "\n" + words + "Restore?",
                                    "--yes")) {
        throw SyncError(ErrorKind::kInconsistentData, "nothing was restored");
      }
    }
    {
      const HeldUser held(of.open, of.account.id, of.account.folder, "restore", kSentence);
      RestoreSnapshot(of.user_folder, snapshot, of.open.clock.Now());
    }
    const std::string undo = KeepUndo(of);
    if (!context.as_json) {
      context.out << "restored " << snapshot.name << ".\nAt their next sync all devices of "
                  << of.account.name
                  << " ask whether to upload or to download: choose to download.\n";
      if (!undo.empty()) context.out << "To undo this: snapshot restore, with " << undo << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("restored")
        .Text(snapshot.name)
        .Key("undo")
        .Text(undo)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
