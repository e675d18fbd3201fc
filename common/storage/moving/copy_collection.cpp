// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/copy_collection.h"

#include "common/sqlite/database_file.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/schema.h"

namespace ankisync {

bool CopyCollection(const std::filesystem::path& user_folder, const std::filesystem::path& to) {
  const std::filesystem::path link = Generations(user_folder).link();
  if (!std::filesystem::exists(link)) return false;
  sqlite::Connection live(link, sqlite::OpenMode::kReadOnly);
  AddUnicase(live);
  sqlite::CopyDatabase(live, to);
  return true;
}

}  // namespace ankisync
