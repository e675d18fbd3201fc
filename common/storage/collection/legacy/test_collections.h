// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "common/codec/gzip_stream.h"
#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/codec/test_base64.h"
#include "common/codec/zstd_stream.h"
#include "common/core/files.h"
#include "common/sqlite/test_sql.h"
#include "common/storage/collection/schema.h"
#include "common/storage/collection/test_folder.h"

// For the tests of this folder: the golden cases' collections.
namespace ankisync {

inline json::Document LoadVectors(const std::string& name) {
  std::ifstream file(ANKISYNC_VECTORS "/" + name);
  return json::Document::Parse({std::istreambuf_iterator<char>(file), {}});
}

inline std::string Normalised(const json::Value& value) {
  std::string text;
  json::Writer(text).Normalised(value);
  return text;
}

// Rows as JSON arrays, sorted: no order among them counts.
inline std::vector<std::string> Lines(const json::Value& rows) {
  std::vector<std::string> lines;
  for (const json::Value& row : rows.items()) lines.push_back(Normalised(row));
  std::sort(lines.begin(), lines.end());
  return lines;
}

class CollectionTest : public TestFolder {
 protected:
  std::filesystem::path path() const { return folder() / "collection.new"; }

  // The collection of schema 18 that the cases start from.
  void WriteBase() const {
    const auto vectors = LoadVectors("base_collection.json");
    GzipDecompressor plain(
        std::make_unique<StringSource>(FromBase64(vectors.root().Find("file_gz_b64")->text())),
        10'000'000);
    WriteFileAtomically(path(), ReadAll(plain, 10'000'000));
  }

  // "statement", or ["statement", [text, …]].
  static void Run(sqlite::Connection& db, const json::Value& statement) {
    if (statement.is(json::Kind::kString)) {
      return sqlite::RunTestSql(db, std::string(statement.text()));
    }
    std::vector<std::string> texts;
    for (const json::Value& text : statement.items()[1].items()) texts.emplace_back(text.text());
    sqlite::RunTestSql(db, std::string(statement.items()[0].text()), texts);
  }

  // What a query of json_array(…) finds, as Lines() has it.
  std::vector<std::string> Rows(sqlite::Sql sql) const {
    sqlite::Connection db(path(), sqlite::OpenMode::kReadOnly);
    AddUnicase(db);
    std::vector<std::string> lines;
    sqlite::Cursor row = db.Query(sql);
    while (row.Next()) {
      lines.push_back(Normalised(json::Document::Parse(std::string(row.Text(0))).root()));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

}  // namespace ankisync
