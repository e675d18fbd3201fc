// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/storage/collection/generations.h"
#include "common/storage/snapshots/snapshot_folder.h"

namespace ankisync {

// The file at generations.NewFile(), which was this or another user's collection once, becomes the
// present generation. Its `mod` and `scm` become now (later than those of what it replaces), so
// that every device is asked at its next sync which side to keep, instead of merging what was
// undone into it again; its usn stays, by which the server knows a device that has seen more. It is
// checked as an upload is. By the holder of the user's lock, with nothing open. Errors:
// kInconsistentData when it will not do; then, and on every other error, nothing has changed.
void PutInForce(Generations& generations, UnixMillis now);

// The snapshot becomes the present collection. What was present stays as a superseded generation,
// of which KeepSuperseded() makes a snapshot. By the holder of both the user's lock and the
// folder's. Errors: those of PutInForce and of SnapshotFolder.
void RestoreSnapshot(const std::filesystem::path& user_folder, const Snapshot& snapshot,
                     UnixMillis now);

}  // namespace ankisync
