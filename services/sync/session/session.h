// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/row_counts.h"
#include "services/sync/session/traffic.h"

namespace ankisync::sync {

// Ids of the rows that the client has still to be sent; taken from the ends.
struct PendingRows {
  std::vector<RevlogId> revlog;
  std::vector<CardId> cards;
  std::vector<NoteId> notes;

  bool empty() const { return revlog.empty() && cards.empty() && notes.empty(); }
};

// One normal sync from `start` to `finish`: everything of it is one transaction. Gone without
// Finish(), it never happened.
struct Session {
  std::string skey;
  std::string user;
  DeviceId device{};
  std::string client;
  std::chrono::steady_clock::time_point began{};
  std::chrono::steady_clock::time_point last_call{};
  std::string_view last_method;
  std::uint64_t last_request = 0;

  Usn server_usn{};
  Usn client_usn{};
  bool client_is_newer = false;
  // Another device finished between this client's `meta` and its `start`: its configuration is not
  // the newest any more.
  bool overtaken = false;
  // The client knows of a sync that we do not: this collection was put back to an older one.
  bool client_is_ahead = false;

  RowCounts counts;
  bool changed = false;
  std::optional<PendingRows>
      pending;  // taken at the first `chunk`, before the client's own rows arrive
  Traffic traffic;

  sqlite::Transaction transaction;

  Session(std::string session_key, sqlite::Connection& db)
      : skey(std::move(session_key)), transaction(db) {}
};

}  // namespace ankisync::sync
