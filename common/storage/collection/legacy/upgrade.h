// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/core/ids.h"
#include "common/sqlite/connection.h"

namespace ankisync {

// Makes a file of schema 11, which keeps notetypes, decks, presets, configuration and tags as JSON
// in `col`, one of schema 18. Part of the caller's transaction; the file must have the tables of
// schema 11 (HasSchema11).
//
// As the reference does it, but where that leaves to chance which of two equal names stays, the
// first one in the text does; and what the upgrade itself changes bears the collection's usn, never
// -1, which would lock the person out. `now` is the mtime of decks whose names change.
//
// Errors: kMalformedRequest or kInconsistentData for what no client could read; those of
// sqlite::Connection. Source: docs/protocol.md, 8.7.3.
void UpgradeFromSchema11(sqlite::Connection& db, UnixSeconds now);

}  // namespace ankisync
