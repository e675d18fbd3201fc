// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "common/core/ids.h"
#include "common/sqlite/connection.h"
#include "common/storage/collection/row_counts.h"

namespace ankisync {

// What a collection looked like when it was counted; numbers for another state are worth nothing.
struct CollectionState {
  int generation = 0;
  UnixMillis mod{};
  Usn usn{};

  bool operator==(const CollectionState&) const = default;
};

// `state.db` beside a collection: what is ours to remember and may be lost. Nothing here is waited
// for on the disk, and nothing fails because of it: what cannot be read was never known, what
// cannot be written is forgotten.
class StateDb {
 public:
  // A file that is damaged is made anew. Errors: those of sqlite::Connection.
  explicit StateDb(const std::filesystem::path& user_folder);

  std::optional<RowCounts> CountsFor(const CollectionState& state);
  void Remember(const CollectionState& state, const RowCounts& counts);

  // What devices are to be told when they come back: why an upload of theirs was refused that had
  // been answered before. The last of each of the last few devices.
  std::map<DeviceId, std::string> Refusals();
  void RememberRefusal(DeviceId device, const std::string& sentence);
  void ForgetRefusal(DeviceId device);

  // The last few sanity checks that failed, for the operator to read: table sanity_failures.
  struct SanityFailure {
    UnixMillis time{};
    DeviceId device{};
    std::string client;
    std::string difference;
  };
  void Remember(const SanityFailure& failure);

  void ReleasePages() { db_.ReleasePages(); }

 private:
  sqlite::Connection db_;
};

}  // namespace ankisync
