// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/core/ids.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/stamp.h"

// Who wins when both sides have an object, and how the winner is stored. Source: docs/protocol.md,
// section 4.
namespace ankisync::sync {

// What a step of merging works on and reports to.
struct Merge {
  Collection& collection;
  Usn server_usn;  // stored on everything that is applied, whatever the client wrote there
  Usn client_usn;  // rows at or above it changed here since this client's last sync
  UnixSeconds now;
  RowCounts counts;      // kept true with every row that comes or goes
  bool changed = false;  // whether anything on the server is other than it was
};

// Cards and notes: what did not change here since the client's last sync is replaced, even by an
// older edit; otherwise the later edit wins, and of two equal ones ours.
constexpr bool ClientWinsRow(const Stamp& stored, const Stamp& incoming, Usn client_usn) {
  const bool unchanged_here =
      client_usn == Usn{-1} ? stored.usn != Usn{-1} : Raw(stored.usn) < Raw(client_usn);
  return unchanged_here || Raw(stored.mtime) < Raw(incoming.mtime);
}

// Notetypes, decks and presets: the later edit wins, and of two equal ones the client's.
constexpr bool ClientWinsObject(UnixSeconds stored, UnixSeconds incoming) {
  return Raw(stored) <= Raw(incoming);
}

}  // namespace ankisync::sync
