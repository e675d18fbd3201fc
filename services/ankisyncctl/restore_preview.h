// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/codec/json_writer.h"
#include "common/storage/snapshots/collection_difference.h"
#include "services/ankisyncctl/snapshot_choice.h"

// What a restore would mean, before it is done.
namespace ankisync::ctl {

// By the holder of the folder's lock. Errors: kInconsistentData where there is no collection.
CollectionDifference DifferenceTo(const UserSnapshots& of, const Snapshot& snapshot);

// Lines for people: what would come back, be lost, be as it was.
std::string WordsFor(const CollectionDifference& difference);

void WriteJson(json::Writer& out, const CollectionDifference& difference);  // members

}  // namespace ankisync::ctl
