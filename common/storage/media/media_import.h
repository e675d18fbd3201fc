// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/storage/media/media_index.h"

namespace ankisync {

// Rows that another server numbered, so that clients which are in step with it stay in step with
// us. A transaction under the index's lock, undone unless Commit() is reached; for an account that
// nobody serves yet. Errors: kInconsistentData for a usn that another listed row has.
class MediaImport {
 public:
  struct Row {
    std::string name;
    Usn usn{};
    bool is_deleted = false;
    MediaContent content;  // of a deleted row: what it last held, as far as known
    UnixSeconds changed{};
  };

  // The way back: every row that clients are told, ascending by usn.
  static std::vector<Row> RowsOf(MediaIndex& index);

  explicit MediaImport(MediaIndex& index);

  // A name that is there already, from an import that was stopped, stays as it is.
  void Put(const Row& row);
  bool Has(std::string_view name);

  void Commit(Usn last_usn);  // never lowers it

 private:
  SharedDatabase::Change change_;
  sqlite::Connection& db_;
  MediaIndex::Totals totals_;
};

}  // namespace ankisync
