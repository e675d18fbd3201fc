// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/testing/collection_file.h"

#include "common/core/files.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/test_sql.h"
#include "services/sync/testing/vectors.h"

namespace ankisync::sync {
namespace {

constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;

}  // namespace

const std::string& CollectionFile::Base() {
  static const std::string bytes = FileIn(LoadVectors("base_collection.json").root());
  return bytes;
}

CollectionFile::CollectionFile(const std::string& bytes) { WriteFileAtomically(path(), bytes); }

CollectionFile& CollectionFile::Run(const std::string& sql, const std::vector<std::string>& texts) {
  sqlite::RunTestSql(tables().db, sql, texts);
  return *this;
}

CollectionFile& CollectionFile::RunAll(const json::Value& statements) {
  for (const json::Value& statement : statements.items()) {
    if (statement.is(json::Kind::kString)) {
      Run(std::string(statement.text()));
      continue;
    }
    std::vector<std::string> texts;
    for (const json::Value& text : statement.items()[1].items()) texts.emplace_back(text.text());
    Run(std::string(statement.items()[0].text()), texts);
  }
  return *this;
}

Collection& CollectionFile::tables() {
  if (!open_) open_.emplace(path());
  return *open_;
}

std::string CollectionFile::bytes() {
  open_.reset();
  return *ReadFile(path(), kBytesMax);
}

}  // namespace ankisync::sync
