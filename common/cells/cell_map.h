// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/ids.h"
#include "common/storage/accounts/hostkey.h"

namespace ankisync {

// Who lives in which cell, a cell being one collection-sync with its media-sync and its volume.
// One file, in YAML or JSON, that all cells and ankisyncctl read:
//
//   cells:
//     a: {url: "https://a.example.org/"}
//     b: {url: "https://b.example.org/", internal: "http://b-collection-sync:27701/"}
//   buckets:
//     a: [0-511, 600]
//     b: [512-599, 601-1023]
//   exceptions:
//     - {account: 4503599627370497, user: "ada", cell: "b"}
//
// url: what clients are sent to. internal: where other cells reach it; else by its url. Every
// bucket (hostkey.h) is in one cell, and no two cells have one url. An exception says for one
// account what goes before its bucket: by its id, which is in its keys, and by its name, which is
// all that a login says.
//
// A value. Errors: kInconsistentData with a sentence for the operator.
class CellMap {
 public:
  struct Cell {
    std::string name;      // letters, digits and dashes
    std::string url;       // ends in a slash
    std::string internal;  // the same
  };
  struct Exception {
    std::string user;
    std::string cell;
  };

  static CellMap Parse(const std::string& text);
  std::string Text() const;  // for Parse(); comments of a person's are not in it

  const std::vector<Cell>& cells() const { return cells_; }
  const Cell& Named(std::string_view cell) const;
  const std::map<AccountId, Exception>& exceptions() const { return exceptions_; }

  const Cell& HomeOf(AccountId account, unsigned bucket) const;
  const Cell& HomeOfUser(std::string_view user_name) const;
  const Cell& HomeOfBucket(unsigned bucket) const { return cells_[cell_of_bucket_[bucket]]; }

  // An exception is one only where the bucket says otherwise, unless it must stay (kAlways). It
  // replaces the account's former one, and that of a deleted account of this name.
  enum class Keep { kWhereNeeded, kAlways };
  void Place(AccountId account, const std::string& user_name, std::string_view cell, Keep keep);
  void PlaceBucket(unsigned bucket, std::string_view cell);  // exceptions stay as they are

 private:
  std::size_t IndexOf(std::string_view cell) const;

  std::vector<Cell> cells_;
  std::array<std::uint16_t, kBuckets> cell_of_bucket_{};  // index into cells_
  std::map<AccountId, Exception> exceptions_;
  std::map<std::string, AccountId, std::less<>> exception_of_user_;
};

// Errors: those of Parse(), kUnavailable where there is no such file.
CellMap ReadCellMap(const std::filesystem::path& file);

// Reads, changes and writes it, and returns what it says now. Under a lock beside it, <file>.lock,
// so that of two programs neither forgets what the other wrote. Errors: as above; kUnavailable when
// another holds the lock; what `change` throws, with nothing written.
CellMap ChangeCellMap(const std::filesystem::path& file,
                      const std::function<void(CellMap&)>& change);

}  // namespace ankisync
