// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/upload_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "common/codec/json_value.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/legacy/upgrade.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/schema.h"

namespace ankisync {
namespace {

UploadRefusal Corrupt(std::string detail) { return {kUploadCorrupt, std::move(detail)}; }

bool LooksLikeADatabase(const std::filesystem::path& path) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  char head[100];
  const UniqueFd fd = OpenFile(path, O_RDONLY);
  return ::read(fd.get(), head, sizeof head) == sizeof head && std::string_view(head, 16) == kMagic;
}

std::optional<UploadRefusal> CheckHead(sqlite::Connection& db, std::uintmax_t file_bytes) {
  const bool is_legacy = HasSchema11(db);
  if (!is_legacy && !HasSchema18(db)) return Corrupt("tables or columns are missing");
  if (db.Int("SELECT count(*) FROM col") != 1) return Corrupt("not exactly one row in col");
  const std::int64_t version = db.Int("SELECT ver FROM col");
  if (version != (is_legacy ? kLegacySchemaVersion : kSchemaVersion)) {
    return Corrupt("schema " + std::to_string(version));
  }
  if (db.Any("SELECT 1 FROM col WHERE id != 1 OR usn < 0 OR usn >= 2147483647 OR typeof(usn) != "
             "'integer' OR "
             "typeof(mod) != 'integer' OR typeof(scm) != 'integer' OR typeof(crt) != 'integer' OR "
             "typeof(ls) != 'integer' OR typeof(ver) != 'integer'")) {
    return Corrupt("impossible values in col");
  }
  if (db.Text("PRAGMA encoding") != "UTF-8") return Corrupt("text is not UTF-8");
  if (ComputesColumns(db)) return Corrupt("a table computes a column");
  const std::int64_t bytes = db.Int("PRAGMA page_count") * db.Int("PRAGMA page_size");
  if (static_cast<std::uintmax_t>(bytes) != file_bytes)
    return Corrupt("the file's length is not that of its pages");
  return std::nullopt;
}

constexpr Usn kEver{
    std::numeric_limits<std::int32_t>::min()};  // what no client can write is read too

std::optional<UploadRefusal> CheckObjects(Collection& collection) {
  for (const NotetypeRow& notetype : collection.notetypes.ChangedSince(kEver))
    CheckDecodes(notetype);
  for (const DeckRow& deck : collection.decks.ChangedSince(kEver)) CheckDecodes(deck);
  for (const DeckConfigRow& preset : collection.deck_configs.ChangedSince(kEver))
    CheckDecodes(preset);
  sqlite::Cursor row = collection.db.Query("SELECT KEY, val, typeof(val) FROM config");
  while (row.Next()) {
    if (row.Text(2) != "blob")
      return Corrupt("config value of " + std::string(row.Text(0)) + " is no blob");
    json::Document::Parse(std::string(row.Bytes(1)));
  }
  if (!collection.decks.Get(DeckId{1})) return Corrupt("the default deck is missing");
  if (collection.notetypes.Count() == 0) return Corrupt("there is no notetype");
  return std::nullopt;
}

void ForgetUnsentMarks(sqlite::Connection& db) {
  db.Script(
      "UPDATE cards SET usn=0 WHERE usn=-1; UPDATE notes SET usn=0 WHERE usn=-1; UPDATE revlog SET "
      "usn=0 WHERE usn=-1;"
      "UPDATE graves SET usn=0 WHERE usn=-1; UPDATE decks SET usn=0 WHERE usn=-1;"
      "UPDATE deck_config SET usn=0 WHERE usn=-1; UPDATE tags SET usn=0 WHERE usn=-1;"
      "UPDATE notetypes SET usn=0 WHERE usn=-1");
}

// The file as it came, before any of our own settings touch it.
std::optional<UploadRefusal> CheckForeign(const std::filesystem::path& path, UnixMillis now,
                                          const std::function<bool()>& over) {
  sqlite::Connection db(path, sqlite::OpenMode::kReadWrite, {.trust = sqlite::Trust::kForeign});
  AddUnicase(db);
  db.InterruptWhen(over);
  if (auto refusal = CheckHead(db, std::filesystem::file_size(path))) return refusal;
  DropForeignObjects(db);
  if (const std::string verdict = db.Text("PRAGMA integrity_check(1)"); verdict != "ok") {
    return Corrupt("integrity_check: " + verdict);
  }
  sqlite::Transaction transaction(db);
  if (HasSchema11(db)) UpgradeFromSchema11(db, ToSeconds(now));
  CreateMissingIndexes(db);
  ForgetUnsentMarks(db);
  transaction.Commit();
  return std::nullopt;
}

// A page that the disk does not give is "malformed" to SQLite too, and that is our own trouble.
void ReadThrough(const std::filesystem::path& path) {
  const UniqueFd fd = OpenFile(path, O_RDONLY);
  std::vector<char> buffer(1 << 16);
  ssize_t got;
  do {
    got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0) ThrowErrno("read", path);
  } while (got > 0);
}

std::optional<UploadRefusal> Check(const std::filesystem::path& path, UnixMillis now,
                                   const std::function<bool()>& over) {
  if (!LooksLikeADatabase(path)) return Corrupt("no SQLite file");
  try {
    if (auto refusal = CheckForeign(path, now, over)) return refusal;
    Collection collection(path);
    collection.db.InterruptWhen(over);
    if (auto refusal = CheckObjects(collection)) return refusal;
    if (!sqlite::CheckpointAll(collection.db))
      throw SyncError(ErrorKind::kUnavailable, "could not checkpoint an upload");
    return std::nullopt;
  } catch (const SyncError& error) {
    // What SQLite says of a file that it cannot read is about the file, not about us.
    if (error.kind() != ErrorKind::kInternal && error.kind() != ErrorKind::kInconsistentData &&
        error.kind() != ErrorKind::kMalformedRequest) {
      throw;
    }
    return Corrupt(error.what());
  }
}

}  // namespace

std::optional<UploadRefusal> CheckUpload(const std::filesystem::path& path, UnixMillis now,
                                         const std::function<bool()>& over) {
  auto refusal = Check(path, now, over);
  if (refusal) ReadThrough(path);
  return refusal;
}

}  // namespace ankisync
