// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_update.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/core/error.h"
#include "common/storage/media/index_rows.h"

namespace ankisync {

using sqlite::Blob;
using sqlite::Cursor;
using State = MediaIndex::State;

MediaUpdate::MediaUpdate(MediaIndex& index, UnixSeconds now)
    : change_(index.database_), db_(change_.db()), now_(now), totals_(ReadTotals(db_)) {}

MediaOutcome MediaUpdate::Put(std::string_view name, const MediaContent& content) {
  const auto known = Find(name);
  const bool is_live = known && known->state == State::kLive;
  if (is_live && known->content == content) return MediaOutcome::kIdentical;
  if (is_live) Retire(name, known->content);
  db_.Execute(
      "INSERT INTO media (name, usn, state, sha1, crc32, size, changed_s) "
      "VALUES (?, ?, 0, ?, ?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET usn = excluded.usn, state = 0, sha1 = excluded.sha1, "
      "crc32 = excluded.crc32, size = excluded.size, changed_s = excluded.changed_s",
      name, NextUsn(), Blob{Bytes(content.sha1)}, content.crc32,
      static_cast<std::int64_t>(content.size), now_);
  ++totals_.files;
  totals_.bytes += static_cast<std::int64_t>(content.size);
  return is_live ? MediaOutcome::kReplaced : MediaOutcome::kAdded;
}

MediaOutcome MediaUpdate::Delete(std::string_view name) {
  const auto known = Find(name);
  // A withdrawn file is one that clients have, so its deletion is news to the others.
  if (!known || known->state == State::kDeleted) return MediaOutcome::kWasNotThere;
  if (known->state == State::kLive) Retire(name, known->content);
  db_.Execute("UPDATE media SET usn = ?, state = 1, changed_s = ? WHERE name = ?", NextUsn(), now_,
              name);
  return MediaOutcome::kDeleted;
}

std::int64_t MediaUpdate::Withdraw(const std::set<Sha1Digest>& lost) {
  std::vector<std::int64_t> ids;
  {
    Cursor row = db_.Query("SELECT id, sha1, size FROM media WHERE state = 0");
    while (row.Next()) {
      if (!lost.contains(DigestFrom(row.Bytes(1)))) continue;
      ids.push_back(row.Int(0));
      totals_.bytes -= row.Int(2);
    }
  }
  for (const std::int64_t id : ids)
    db_.Execute("UPDATE media SET state = 2, changed_s = ? WHERE id = ?", now_, id);
  const auto rows = static_cast<std::int64_t>(ids.size());
  totals_.files -= rows;
  has_withdrawn_ = has_withdrawn_ || rows > 0;
  return rows;
}

void MediaUpdate::StampOneListedRow() {
  // A live row if there is one: its hash is the clients' own. Without any row the usn alone brings
  // them by.
  db_.Execute(
      "UPDATE media SET usn = ? WHERE id = "
      "(SELECT id FROM media WHERE state <> 2 ORDER BY state, usn DESC LIMIT 1)",
      NextUsn());
}

void MediaUpdate::Reinstate(std::string_view name) {
  const auto known = Find(name);
  if (!known || known->state != State::kWithdrawn) return;
  db_.Execute("UPDATE media SET usn = ?, state = 0, changed_s = ? WHERE name = ?", NextUsn(), now_,
              name);
  ++totals_.files;
  totals_.bytes += static_cast<std::int64_t>(known->content.size);
}

void MediaUpdate::Renumber(Usn floor) {
  std::vector<std::int64_t> ids;
  {
    Cursor row = db_.Query("SELECT id FROM media WHERE state <> 2 ORDER BY usn");
    while (row.Next()) ids.push_back(row.Int(0));
  }
  totals_.last_usn = std::max(totals_.last_usn, floor);
  for (const std::int64_t id : ids)
    db_.Execute("UPDATE media SET usn = ? WHERE id = ?", NextUsn(), id);
  ++totals_.epoch;
  is_changed_ = true;
}

bool MediaUpdate::Recount() {
  const std::int64_t files = db_.Int("SELECT count(*) FROM media WHERE state = 0");
  const std::int64_t bytes = db_.Int("SELECT coalesce(sum(size), 0) FROM media WHERE state = 0");
  const Usn last_usn{static_cast<std::int32_t>(db_.Int("SELECT coalesce(max(usn), 0) FROM media"))};
  if (files == totals_.files && bytes == totals_.bytes && last_usn <= totals_.last_usn)
    return false;
  totals_.files = files;
  totals_.bytes = bytes;
  totals_.last_usn = std::max(totals_.last_usn, last_usn);
  return is_changed_ = true;
}

MediaUpdate::Dropped MediaUpdate::DropFormer(UnixSeconds before, int rows_max) {
  std::vector<std::int64_t> ids;
  Blobs contents;
  {
    Cursor row =
        db_.Query("SELECT id, sha1, size FROM former WHERE ended_s < ? ORDER BY ended_s LIMIT ?",
                  before, rows_max);
    while (row.Next()) {
      ids.push_back(row.Int(0));
      contents.emplace(DigestFrom(row.Bytes(1)), row.Int(2));
    }
  }
  for (const std::int64_t id : ids) db_.Execute("DELETE FROM former WHERE id = ?", id);
  is_changed_ = is_changed_ || !ids.empty();
  return {static_cast<std::int64_t>(ids.size()), Unreferenced(std::move(contents))};
}

MediaUpdate::Blobs MediaUpdate::Unreferenced(Blobs candidates) {
  if (candidates.empty()) return candidates;
  Cursor row = ReadReferenced(db_);
  while (row.Next()) candidates.erase(DigestFrom(row.Bytes(0)));
  return candidates;
}

Usn MediaUpdate::Commit() {
  if (has_withdrawn_) StampOneListedRow();
  if (is_changed_) {
    db_.Execute("UPDATE totals SET last_usn = ?, files = ?, bytes = ?, epoch = ?", totals_.last_usn,
                totals_.files, totals_.bytes, totals_.epoch);
    change_.Commit();
  }
  return totals_.last_usn;
}

std::optional<MediaUpdate::Known> MediaUpdate::Find(std::string_view name) {
  Cursor row = db_.Query("SELECT state, sha1, crc32, size FROM media WHERE name = ?", name);
  if (!row.Next()) return std::nullopt;
  return Known{row.As<State>(0), ContentFrom(row, 1)};
}

std::int64_t MediaUpdate::NextUsn() {
  if (Raw(totals_.last_usn) == std::numeric_limits<std::int32_t>::max())
    throw SyncError(ErrorKind::kInternal, "a media index has no usn left");
  is_changed_ = true;
  totals_.last_usn = Next(totals_.last_usn);
  return Raw(totals_.last_usn);
}

// Out of the live files, into the undo window.
void MediaUpdate::Retire(std::string_view name, const MediaContent& content) {
  db_.Execute("INSERT INTO former (name, sha1, crc32, size, ended_s) VALUES (?, ?, ?, ?, ?)", name,
              Blob{Bytes(content.sha1)}, content.crc32, static_cast<std::int64_t>(content.size),
              now_);
  --totals_.files;
  totals_.bytes -= static_cast<std::int64_t>(content.size);
}

}  // namespace ankisync
