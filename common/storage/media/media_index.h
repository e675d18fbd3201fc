// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/sqlite/wal_index.h"
#include "common/storage/media/media_content.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {

// What one user's media files are called and hold: collection.media.server.db, shared by any number
// of processes. Nothing is remembered between two calls.
//
//   media    one row per name: usn of its latest change, unique and at most totals.last_usn; state;
//            SHA-1, CRC-32, size; server's time of the change
//   former   content that was replaced or deleted, until it is collected: the undo window
//   totals   last usn, live files and their bytes; epoch: how often all rows were numbered anew
//   ahead    devices that said a usn beyond ours and have not been told to reconcile yet
//
// States: live; deleted, which clients follow; withdrawn, when the server lost the content, which
// no client is told: it is not listed and not counted, so that clients which have the file notice
// and send it again.
//
// There is no index by content: it would make an upload write a page more for each file, for the
// sake of questions that only collection and repair ask; these read the table once for many files.
//
// Threads: any. Errors: those of SharedDatabase.
class MediaIndex {
 public:
  enum class State { kLive = 0, kDeleted = 1, kWithdrawn = 2 };

  struct Totals {
    Usn last_usn{};
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::int64_t epoch = 0;
  };

  // A row as clients see it.
  struct Listed {
    std::string name;
    Usn usn;
    std::optional<Sha1Digest> sha1;  // nothing: deleted
  };

  struct Row {
    std::string name;
    State state;
    MediaContent content;
  };

  // A content that was replaced or deleted.
  struct Former {
    std::string name;
    MediaContent content;
    UnixSeconds ended;
    State state;  // of the name now
  };

  // What is not asked often.
  struct Statistics {
    Totals totals;
    std::int64_t deleted = 0;  // rows
    std::int64_t withdrawn = 0;
    std::int64_t former = 0;
    std::int64_t former_bytes = 0;
  };

  MediaIndex(std::filesystem::path file, SharedDatabase::IfMissing if_missing);

  // Those in a file that may not be there, in passing: waits for no writer and keeps none waiting.
  static Totals TotalsIn(const std::filesystem::path& file);

  Totals totals();  // read again only after somebody's commit

  // Rows that changed after `usn`, ascending, at most `rows_max`: fewer mean that these are all.
  std::vector<Listed> ChangesAfter(Usn usn, int rows_max);

  // For each name what it holds; nothing where it is not live.
  std::vector<std::optional<MediaContent>> Live(std::span<const std::string> names);

  // Live and withdrawn rows by name, after `name`, at most `rows_max`.
  std::vector<Row> RowsAfter(std::string_view name, int rows_max);

  // The undo window, what ended last first: of each name its latest content, if that ended at
  // `since` or later.
  std::vector<Former> FormerSince(UnixSeconds since);

  // Whether anything in the undo window ended before `before`.
  bool HasFormer(UnixSeconds before);

  // What live rows and the undo window refer to, sorted: 20 bytes a row.
  std::vector<Sha1Digest> Referenced();

  Statistics Count();

  // A device whose position is beyond ours has synced with a later state than this one (a restored
  // backup): it is remembered with its session until the sanity check asks, once.
  void RememberAhead(DeviceId device, std::string_view session);
  bool TakeAhead(DeviceId device, std::string_view session);

 private:
  friend class MediaUpdate;
  friend class MediaImport;

  SharedDatabase database_;
  std::optional<sqlite::CommitWatch> watch_;  // it and totals_ while the database is read
  std::optional<Totals> totals_;
};

}  // namespace ankisync
