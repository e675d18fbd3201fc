// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "common/storage/media/media_index.h"

namespace ankisync {

// What became of one entry of an upload. All but the last two take one usn.
enum class MediaOutcome { kAdded, kReplaced, kDeleted, kIdentical, kWasNotThere };

// One change of an index: a transaction under the index's lock, undone unless Commit() is reached.
// Short; nothing may be read through the index meanwhile by the same thread.
class MediaUpdate {
 public:
  using Blobs = std::map<Sha1Digest, std::uint64_t>;  // with their bytes

  struct Dropped {
    std::int64_t rows = 0;
    Blobs unreferenced;  // by anything that is left
  };

  MediaUpdate(MediaIndex& index, UnixSeconds now);

  MediaOutcome Put(std::string_view name, const MediaContent& content);
  MediaOutcome Delete(std::string_view name);

  // Live rows with a lost content become withdrawn, and the commit gives one listed row a fresh
  // usn: so clients come by, find another number of files than theirs and reconcile. How many rows.
  std::int64_t Withdraw(const std::set<Sha1Digest>& lost);

  // A withdrawn row whose content is there again.
  void Reinstate(std::string_view name);

  // Gives every listed row a usn above both `floor` and the last one, in the same order: clients
  // then compare every file's hash. For an index that was restored from a backup.
  void Renumber(Usn floor);

  // Sets the totals to what the rows say; whether they were wrong.
  bool Recount();

  // Drops up to `rows_max` entries of the undo window that ended before `before`.
  Dropped DropFormer(UnixSeconds before, int rows_max);

  // Those that neither a live row nor the undo window refers to.
  Blobs Unreferenced(Blobs candidates);

  // Writes nothing when nothing changed. Returns the last usn.
  Usn Commit();

 private:
  struct Known {
    MediaIndex::State state;
    MediaContent content;
  };

  std::optional<Known> Find(std::string_view name);
  std::int64_t NextUsn();
  void Retire(std::string_view name, const MediaContent& content);
  void StampOneListedRow();

  SharedDatabase::Change change_;
  sqlite::Connection& db_;
  UnixSeconds now_;
  MediaIndex::Totals totals_;
  bool is_changed_ = false;
  bool has_withdrawn_ = false;
};

}  // namespace ankisync
