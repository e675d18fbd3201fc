// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/codec/json_value.h"
#include "common/core/temporary_folder.h"
#include "common/storage/collection/collection.h"
#include "services/sync/testing/scratch.h"

namespace ankisync::sync {

// A collection that a test prepares: the golden cases' small one (base_collection.json: usn 10,
// notetype 1000 with two fields, deck 1, preset 1), and what is done to it.
class CollectionFile {
 public:
  CollectionFile() : CollectionFile(Base()) {}
  explicit CollectionFile(const std::string& bytes);

  static const std::string& Base();

  CollectionFile& Run(const std::string& sql, const std::vector<std::string>& texts = {});
  // As golden cases write them: each a statement, or a pair of one and its texts.
  CollectionFile& RunAll(const json::Value& statements);

  Collection& tables();

  // The whole file. What was done to it is on the disk then, and it is closed.
  std::string bytes();

 private:
  std::filesystem::path path() const { return folder_ / "collection.anki2"; }

  TemporaryFolder folder_{Scratch()};
  std::optional<Collection> open_;
};

}  // namespace ankisync::sync
