// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/user_collection.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "common/codec/json_read.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/random_token.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/wal_index.h"
#include "common/storage/collection/legacy/downgrade.h"
#include "common/storage/collection/new_collection.h"

namespace ankisync::sync {
namespace {

// Attempts of devices that asked `meta` and have not come back yet.
constexpr std::size_t kMetasRemembered = 32;

// A person who was refused tries again within this time, and reads why.
constexpr std::chrono::seconds kRefusalTold{60};

// Beyond it the WAL goes into the file at once instead of when the collection is closed.
constexpr std::int64_t kWalBytesMax = std::int64_t{16} << 20;

// What is committed, in a file of its own that goes with this; what reads it then may go on.
class Copy {
 public:
  Copy(sqlite::Connection& db, const std::filesystem::path& folder)
      : path_(folder / ("collection.copy-" + RandomToken())) {
    sqlite::CopyDatabase(db, path_);
  }
  ~Copy() { RemoveDatabase(path_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::unique_ptr<ByteSource> Read() const {
    auto file = std::make_shared<const UniqueFd>(OpenFile(path_, O_RDONLY));
    return std::make_unique<FileSource>(std::move(file), 0, std::filesystem::file_size(path_));
  }

 private:
  std::filesystem::path path_;
};

bool HoldsInteger(const std::optional<std::string>& json) {
  return json && json::ParseInt<std::int64_t>(*json);
}

Committed CommittedIn(Collection& collection, int generation) {
  return {.generation = generation,
          .col = collection.col.Get(),
          .empty = !collection.cards.Any(),
          .scheduler_v2 = collection.config.Get("schedVer") == "2",
          .new_timezone = HoldsInteger(collection.config.Get("creationOffset")),
          .used_bytes = sqlite::UsedBytes(collection.db)};
}

CollectionState StateOf(const Committed& committed) {
  return {committed.generation, committed.col.mod, committed.col.usn};
}

}  // namespace

UserCollection::UserCollection(std::filesystem::path folder, std::function<FileLock()> lock,
                               const Clock& clock, SessionWatch& watch,
                               const CollectionSettings& settings)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      clock_(clock),
      watch_(watch),
      settings_(settings),
      generations_(folder_),
      last_used_(clock.Steady()) {}

UserCollection::~UserCollection() { Close("the server stopped"); }

UserCollection::Open& UserCollection::Opened() {
  last_used_ = clock_.Steady();
  if (open_) {
    open_->is_at_rest = false;
    return *open_;
  }
  const auto began = last_used_;
  auto lock = std::make_shared<FileLock>(lock_());
  generations_.Sweep();
  if (generations_.current() == 0) {
    CreateCollection(generations_.NewFile(), clock_.Now());
    generations_.SwitchToNewFile();
  }
  OpenCurrent(std::move(lock));
  if (watch_.on_open) watch_.on_open(clock_.Steady() - began);
  if (!generations_.Superseded().empty()) KeepUndo(UndoDue::kReplaced);  // a killed one did not
  return *open_;
}

void UserCollection::OpenCurrent(std::shared_ptr<FileLock> lock) {
  const int generation = generations_.current();
  auto open = std::make_unique<Open>(std::move(lock), folder_, generations_.PathOf(generation),
                                     settings_.cache_kib);
  open->committed = CommittedIn(open->collection, generation);
  const CollectionState state = StateOf(open->committed);
  const auto remembered = open->state.CountsFor(state);
  open->counts = remembered ? *remembered : open->collection.CountRows();
  open->refusals = open->state.Refusals();
  open_ = std::move(open);  // only now: one that was half read would be served as an empty one
}

const Committed& UserCollection::committed() { return Opened().committed; }

Collection& UserCollection::collection() { return Opened().collection; }

void UserCollection::RememberMeta(std::string_view skey) {
  const Committed& now = committed();
  std::erase_if(seen_by_meta_, [skey](const SeenByMeta& seen) { return seen.skey == skey; });
  seen_by_meta_.push_back({std::string(skey), now.generation, now.col.scm, now.col.usn});
  if (seen_by_meta_.size() > kMetasRemembered) seen_by_meta_.pop_front();
}

void UserCollection::RefuseDuringUpload() const {
  if (HasUploadInProgress()) {
    throw SyncError(ErrorKind::kUnavailable, "an upload is still being checked");
  }
}

Session& UserCollection::BeginSession(const std::string& skey) {
  RefuseDuringUpload();
  Open& open = Opened();
  const Committed& now = open.committed;
  const auto seen = std::find_if(seen_by_meta_.begin(), seen_by_meta_.end(),
                                 [&skey](const SeenByMeta& meta) { return meta.skey == skey; });
  const bool is_known = seen != seen_by_meta_.end();
  if (is_known && (seen->generation != now.generation || seen->scm != now.col.scm)) {
    throw SyncError(ErrorKind::kSessionConflict,
                    "the collection was replaced since this device asked for meta");
  }
  EndSession(SyncOutcome::kSuperseded, "another sync began");
  session_.emplace(skey, open.collection.db);
  ++watch_.open;
  watch_.last_call = session_->last_call = session_->began = clock_.Steady();
  session_->server_usn = now.col.usn;
  session_->overtaken = is_known && seen->usn != now.col.usn;
  session_->counts = open.counts;
  return *session_;
}

Session& UserCollection::SessionOf(std::string_view skey) {
  if (!session_) throw SyncError(ErrorKind::kSessionConflict, "no session is open");
  if (session_->skey != skey)
    throw SyncError(ErrorKind::kSessionConflict, "another device's session is open");
  watch_.last_call = last_used_ = session_->last_call = clock_.Steady();
  return *session_;
}

void UserCollection::EndSession(SyncOutcome outcome, const std::string& reason) {
  if (session_) ForgetSession(outcome, reason);
}

void UserCollection::ForgetSession(SyncOutcome outcome, const std::string& reason) {
  if (watch_.on_end) watch_.on_end(*session_, outcome, reason);
  session_.reset();
  --watch_.open;
}

void UserCollection::RefuseGrowthBeyond(std::int64_t bytes_max) {
  const RowCounts& before = Opened().counts;
  const RowCounts& now = session_->counts;
  if (now.cards <= before.cards && now.notes <= before.notes) return;
  const std::int64_t bytes = sqlite::UsedBytes(open_->collection.db);
  if (bytes <= bytes_max) return;
  refused_bytes_ = bytes;
  refused_at_ = clock_.Steady();
  throw SyncError(ErrorKind::kUnavailable, "the collection would be over its quota");
}

std::int64_t UserCollection::refused_bytes() const {
  return clock_.Steady() - refused_at_ > kRefusalTold ? 0 : refused_bytes_;
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
  const Committed finished = CommittedIn(open.collection, open.committed.generation);
  session_->transaction.Commit();
  // From here on nothing may fail: a usn that was given to this session must not be given again.
  open.committed = finished;
  refused_bytes_ = 0;
  open.counts = session_->counts;
  if (session_->changed && !changed_at_) changed_at_ = clock_.Steady();
  ForgetSession(SyncOutcome::kOk, {});
  LookAtWal();
  if (wal_bytes_ > kWalBytesMax) Checkpoint();
  return col.mod;
}

std::shared_ptr<const FileLock> UserCollection::BeginUpload(
    const std::shared_ptr<UploadInProgress>& upload) {
  RefuseDuringUpload();
  EndSession(SyncOutcome::kSuperseded, "an upload began");
  const Open& open = Opened();
  upload_ = upload;
  return open.lock;
}

void UserCollection::RememberRefusal(DeviceId device, const std::string& sentence) {
  if (!open_) return;
  open_->state.RememberRefusal(device, sentence);
  open_->refusals = open_->state.Refusals();
}

std::optional<std::string> UserCollection::TakeRefusal(DeviceId device) {
  Open& open = Opened();
  const auto refusal = open.refusals.extract(device);
  if (!refusal) return std::nullopt;
  open.state.ForgetRefusal(device);
  return std::move(refusal.mapped());
}

void UserCollection::NoteSanityFailure(const std::string& difference) {
  open_->state.Remember(StateDb::SanityFailure{.time = clock_.Now(),
                                               .device = session_->device,
                                               .client = session_->client,
                                               .difference = difference});
}

void UserCollection::SwitchToNewFile() {
  Opened();
  EndSession(SyncOutcome::kSuperseded, "the collection was replaced");
  Checkpoint();  // the old one as far as it can be in one file
  auto lock = open_->lock;
  open_.reset();
  generations_.SwitchToNewFile();
  OpenCurrent(std::move(lock));
  KeepUndo(UndoDue::kReplaced);
  changed_at_ = clock_.Steady();
}

std::unique_ptr<ByteSource> UserCollection::Image() {
  RefuseDuringUpload();
  Open& open = Opened();
  const auto path = generations_.PathOf(open.committed.generation);
  if (sqlite::CheckpointAll(open.collection.db))
    return std::make_unique<sqlite::DatabaseImage>(path);

  // Another download reads the file as it was some syncs ago, so that the WAL cannot be emptied: a
  // copy, then.
  const Copy copy(open.collection.db, folder_);
  return copy.Read();
}

std::unique_ptr<ByteSource> UserCollection::LegacyImage() {
  RefuseDuringUpload();
  const Copy copy(Opened().collection.db, folder_);
  DowngradeToSchema11(copy.path());
  return copy.Read();
}

void UserCollection::KeepUndo(UndoDue due) {
  if (settings_.keep_undo) settings_.keep_undo(folder_, due);
}

void UserCollection::KeepUndoOfChanges(std::chrono::steady_clock::duration after) {
  if (!changed_at_ || clock_.Steady() - *changed_at_ < after) return;
  changed_at_.reset();
  KeepUndo(UndoDue::kChanges);
}

bool UserCollection::Rest() {
  if (!open_ || std::exchange(open_->is_at_rest, true)) return false;
  open_->collection.db.ReleasePages();
  open_->state.ReleasePages();
  return true;
}

void UserCollection::Close(const std::string& reason) {
  EndSession(SyncOutcome::kIdle, reason);
  KeepUndoOfChanges({});
  if (const auto upload = upload_.lock()) upload->GiveUp();
  if (!open_) return;
  open_->state.Remember(StateOf(open_->committed), open_->counts);
  Checkpoint();
  open_.reset();
  LookAtWal();
}

void UserCollection::LookAtWal() {
  const std::int64_t bytes = open_ ? sqlite::WalBytes(open_->collection.db) : 0;
  watch_.wal_bytes += bytes - std::exchange(wal_bytes_, bytes);
}

void UserCollection::Checkpoint() {
  const auto began = clock_.Steady();
  sqlite::CheckpointPassively(open_->collection.db);
  if (watch_.on_checkpoint) watch_.on_checkpoint(clock_.Steady() - began);
}

}  // namespace ankisync::sync
