// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/user_collection.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/codec/json_read.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"
#include "common/sqlite/database_file.h"
#include "common/storage/collection/new_collection.h"

namespace ankisync::sync {
namespace {

// Attempts of devices that asked `meta` and have not come back yet.
constexpr std::size_t kMetasRemembered = 32;

std::optional<std::int64_t> IntegerIn(Collection& collection, std::string_view key) {
  const auto text = collection.config.Get(key);
  return text ? json::ParseInt<std::int64_t>(*text) : std::nullopt;
}

}  // namespace

UserCollection::UserCollection(std::filesystem::path folder, std::function<FileLock()> lock,
                               const Clock& clock, SessionGauge& gauge,
                               const CollectionSettings& settings)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      clock_(clock),
      gauge_(gauge),
      settings_(settings),
      generations_(folder_),
      last_used_(clock.Steady()) {}

UserCollection::~UserCollection() { Close(); }

UserCollection::Open& UserCollection::Opened() {
  last_used_ = clock_.Steady();
  if (open_) return *open_;
  FileLock lock = lock_();
  generations_.Sweep();
  if (generations_.current() == 0) {
    CreateCollection(generations_.NewFile(), clock_.Now());
    generations_.SwitchToNewFile();
  }
  OpenCurrent(std::move(lock));
  return *open_;
}

void UserCollection::OpenCurrent(FileLock lock) {
  const auto path = generations_.PathOf(generations_.current());
  open_ = std::make_unique<Open>(std::move(lock), folder_, path, settings_.cache_kib);
  ReadCommitted();
}

void UserCollection::ReadCommitted() {
  Open& open = *open_;
  open.committed = {.generation = generations_.current(),
                    .col = open.collection.col.Get(),
                    .empty = !open.collection.cards.Any(),
                    .scheduler_v2 = IntegerIn(open.collection, "schedVer") == 2,
                    .new_timezone = IntegerIn(open.collection, "creationOffset").has_value()};
  const CollectionState state{open.committed.generation, open.committed.col.mod,
                              open.committed.col.usn};
  const auto remembered = open.state.CountsFor(state);
  open.counts = remembered ? *remembered : open.collection.CountRows();
  if (!remembered) open.state.Remember(state, open.counts);
}

const Committed& UserCollection::committed() { return Opened().committed; }

Collection& UserCollection::collection() { return Opened().collection; }

void UserCollection::RememberMeta(std::string_view skey) {
  const Committed& now = committed();
  std::erase_if(seen_by_meta_, [skey](const SeenByMeta& seen) { return seen.skey == skey; });
  seen_by_meta_.push_back({std::string(skey), now.generation, now.col.scm, now.col.usn});
  if (seen_by_meta_.size() > kMetasRemembered) seen_by_meta_.pop_front();
}

Session& UserCollection::BeginSession(const std::string& skey) {
  Open& open = Opened();
  const Committed& now = open.committed;
  const auto seen = std::find_if(seen_by_meta_.begin(), seen_by_meta_.end(),
                                 [&skey](const SeenByMeta& meta) { return meta.skey == skey; });
  const bool is_known = seen != seen_by_meta_.end();
  if (is_known && (seen->generation != now.generation || seen->scm != now.col.scm)) {
    throw SyncError(ErrorKind::kSessionConflict,
                    "the collection was replaced since this device asked for meta");
  }
  EndSession();
  session_.emplace(skey, open.collection.db);
  ++gauge_.open;
  gauge_.last_call = clock_.Steady();
  session_->server_usn = now.col.usn;
  session_->overtaken = is_known && seen->usn != now.col.usn;
  session_->counts = open.counts;
  return *session_;
}

Session& UserCollection::SessionOf(std::string_view skey) {
  last_used_ = clock_.Steady();
  gauge_.last_call = last_used_;
  if (!session_) throw SyncError(ErrorKind::kSessionConflict, "no session is open");
  if (session_->skey != skey)
    throw SyncError(ErrorKind::kSessionConflict, "another device's session is open");
  return *session_;
}

void UserCollection::EndSession() {
  if (!session_) return;
  session_.reset();
  --gauge_.open;
}

UnixMillis UserCollection::FinishSession() {
  Open& open = Opened();
  ColRow col = open.collection.col.Get();
  col.usn = Next(session_->server_usn);  // also when nothing changed: the client counts one itself
  if (session_->changed) {
    // Greater than any before, whatever the clock did: devices compare it for equality alone.
    col.mod = static_cast<UnixMillis>(std::max(Raw(clock_.Now()), Raw(col.mod) + 1));
    col.ls = col.mod;
  }
  open.collection.col.Set(col);
  session_->transaction.Commit();
  open.counts = session_->counts;
  EndSession();

  open.state.Remember({open.committed.generation, col.mod, col.usn}, open.counts);
  ReadCommitted();
  return col.mod;
}

void UserCollection::SwitchToNewFile() {
  Opened();
  EndSession();
  sqlite::CheckpointAll(open_->collection.db);  // the old generation shall be whole in one file
  FileLock lock = std::move(open_->lock);
  open_.reset();
  generations_.SwitchToNewFile();
  generations_.Sweep();
  OpenCurrent(std::move(lock));
}

std::unique_ptr<ByteSource> UserCollection::Image() {
  Open& open = Opened();
  const auto path = generations_.PathOf(open.committed.generation);
  if (sqlite::CheckpointAll(open.collection.db))
    return std::make_unique<sqlite::DatabaseImage>(path);

  // Another download reads the file as it was some syncs ago, so that the WAL cannot be emptied: a
  // copy, then.
  const auto copy = folder_ / ("collection.copy-" + RandomToken());
  sqlite::CopyDatabase(open.collection.db, copy);
  auto file = std::make_shared<const UniqueFd>(OpenFile(copy, O_RDONLY));
  const auto bytes = std::filesystem::file_size(copy);
  ::unlink(copy.c_str());
  return std::make_unique<FileSource>(std::move(file), 0, bytes);
}

void UserCollection::Close() {
  EndSession();
  seen_by_meta_.clear();
  if (!open_) return;
  sqlite::CheckpointPassively(open_->collection.db);
  open_.reset();
}

}  // namespace ankisync::sync
