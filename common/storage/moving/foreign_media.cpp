// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/foreign_media.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "common/core/error.h"
#include "common/storage/moving/source_database.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;
using sqlite::Connection;
using sqlite::Cursor;

// 20 bytes, or their 40 digits, which a Python server's upgrade left behind.
std::optional<Sha1Digest> DigestOf(std::string_view bytes) {
  Sha1Digest digest;
  if (bytes.size() == digest.size()) {
    std::ranges::copy(bytes, digest.begin());
    return digest;
  }
  if (bytes.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* begin = bytes.data() + 2 * i;
    if (std::from_chars(begin, begin + 2, digest[i], 16).ptr != begin + 2) return std::nullopt;
  }
  return digest;
}

// Columns name, usn, is deleted, checksum, seconds.
void TakeRows(Cursor row, ForeignMedia& media) {
  while (row.Next()) {
    media.rows.push_back({std::string(row.Text(0)), row.Int(1), row.Int(2) != 0,
                          row.IsNull(3) ? std::nullopt : DigestOf(row.Bytes(3)),
                          row.As<UnixSeconds>(4)});
  }
}

void ReadOfficial(Connection& db, ForeignMedia& media) {
  if (HasColumn(db, "media", "size")) {
    TakeRows(db.Query("SELECT fname, usn, size = 0, csum, mtime FROM media"), media);
    media.last_usn = db.Int("SELECT coalesce(max(last_usn), 0) FROM meta");
    return;
  }
  // Version 3; the official server drops its deletions when it upgrades.
  TakeRows(db.Query("SELECT fname, usn, 0, csum, 0 FROM media WHERE csum IS NOT NULL"), media);
  media.last_usn = db.Int("SELECT coalesce(max(usn), 0) FROM meta");
}

void ReadClassic(Connection& db, ForeignMedia& media) {
  TakeRows(db.Query("SELECT fname, usn, csum IS NULL, csum, 0 FROM media"), media);
  media.trusts_deletions = false;
}

void ReadSeed(Connection& db, ForeignMedia& media) {
  TakeRows(db.Query("SELECT c.fname, coalesce(max(o.usn), c.added_usn), 0, c.csum, c.mtime"
                    " FROM media_current c LEFT JOIN media_operations o ON o.fname = c.fname"
                    " GROUP BY c.fname"),
           media);
  // A bare column beside max() is that of the row with the maximum.
  TakeRows(db.Query("SELECT fname, max(usn), 1, NULL, timestamp FROM media_operations"
                    " WHERE fname NOT IN (SELECT fname FROM media_current)"
                    " GROUP BY fname HAVING operation = 'remove'"),
           media);
  media.last_usn = db.Int("SELECT coalesce(max(last_usn), 0) FROM meta");
  media.trusts_deletions = false;
}

void ReadClientIndex(Connection& db, ForeignMedia& media) {
  TakeRows(db.Query("SELECT fname, 0, 0, csum, mtime FROM media WHERE csum IS NOT NULL"), media);
  media.last_usn = db.Int("SELECT coalesce(max(lastUsn), 0) FROM meta");
  media.trusts_deletions = false;
}

void ReadPython(Connection& db, ForeignMedia& media) {
  return HasTable(db, "media_current") ? ReadSeed(db, media) : ReadClassic(db, media);
}

struct Layout {
  const char* index;
  const char* files;
  void (*read)(Connection& db, ForeignMedia& media);
};

constexpr Layout kLayouts[] = {
    {"media.db", "media", ReadOfficial},
    {"collection.media.server.db", "collection.media", ReadPython},
    {"collection.media.db2", "collection.media", ReadClientIndex},
};

void ReadIndex(const fs::path& index, const Layout& layout, const fs::path& scratch,
               ForeignMedia& media) {
  SourceDatabase source(index, scratch);
  // An index that was never written to has no tables yet.
  if (!source.db().Any("SELECT 1 FROM sqlite_schema")) return;
  try {
    layout.read(source.db(), media);
  } catch (const SyncError& error) {
    if (error.kind() == ErrorKind::kUnavailable) throw;
    throw SyncError(ErrorKind::kInconsistentData,
                    index.string() + " cannot be read: " + error.what());
  }
}

}  // namespace

ForeignMedia ReadForeignMedia(const fs::path& user_folder, const fs::path& scratch) {
  ForeignMedia media;
  for (const Layout& layout : kLayouts) {
    const fs::path index = user_folder / layout.index;
    if (!fs::exists(index) && !fs::exists(user_folder / layout.files)) continue;
    media.files = user_folder / layout.files;
    if (!fs::exists(index)) continue;
    ReadIndex(index, layout, scratch, media);
    break;
  }
  for (const ForeignMedia::Row& row : media.rows)
    media.last_usn = std::max(media.last_usn, row.usn);
  return media;
}

}  // namespace ankisync
