// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/core/temporary_folder.h"
#include "common/sqlite/database_file.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/new_collection.h"

namespace ankisync {

// For tests: a collection in a user's folder.
struct TestCollection {
  static constexpr std::int64_t kCreatedRaw = 1'700'000'000'000;
  static constexpr UnixMillis kCreated{kCreatedRaw};

  explicit TestCollection(const std::filesystem::path& user_folder) : generations(user_folder) {
    Replace();
  }

  // A new and empty collection takes the present one's place, as an upload does.
  void Replace() {
    CreateCollection(generations.NewFile(), kCreated);
    generations.SwitchToNewFile();
  }

  // As a sync does: `mod` grows. Left in the WAL when somebody else reads.
  void AddNote(int id, int mod) {
    Collection collection(present());
    collection.db.Execute("INSERT INTO notes VALUES (?, 'g' || ?, 1, ?, 1, '', 'f', 'f', 0, 0, '')",
                          id, id, mod);
    collection.db.Execute(
        "INSERT INTO cards VALUES (?, ?, 1, 0, ?, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '')", id, id,
        mod);
    collection.db.Execute("UPDATE col SET mod = ?, usn = usn + 1", kCreatedRaw + mod);
  }

  std::filesystem::path present() const { return generations.PathOf(generations.current()); }
  std::int64_t notes() const { return Collection(present()).notes.Count(); }

  Generations generations;
};

struct OwnFolder {
  TemporaryFolder folder;
};

struct TestUser : OwnFolder, TestCollection {
  TestUser() : TestCollection(folder.path()) {}
};

}  // namespace ankisync
