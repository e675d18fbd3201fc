// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/core/byte_stream.h"
#include "common/core/clock.h"
#include "common/storage/collection/collection.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/state_db.h"
#include "common/storage/snapshots/undo.h"
#include "common/storage/volume/file_lock.h"
#include "common/telemetry/words.h"
#include "services/sync/session/session.h"
#include "services/sync/session/upload_in_progress.h"

namespace ankisync::sync {

// What `meta` tells: true of the last commit, whatever a session is in the middle of.
struct Committed {
  int generation = 0;
  ColRow col;
  bool empty = true;          // no card
  bool scheduler_v2 = false;  // "schedVer" is 2
  bool new_timezone = false;  // "creationOffset" is an integer
  std::int64_t used_bytes = 0;
};

// What can be seen of all users' collections from outside: how many sessions are open, and when one
// was last called, for a server that stops. Any thread.
struct SessionWatch {
  std::atomic<int> open = 0;
  std::atomic<std::chrono::steady_clock::time_point> last_call{};

  // Told of each one that ends, however it does, on its user's strand. May be empty; must not
  // throw.
  std::function<void(const Session&, SyncOutcome, const std::string& reason)> on_end;

  // Of all open collections, as far as is known.
  std::atomic<std::int64_t> wal_bytes = 0;
  // Told how long each opening took. May be empty; must not throw.
  std::function<void(std::chrono::steady_clock::duration)> on_open;
  // Told how long each checkpoint took. May be empty; must not throw.
  std::function<void(std::chrono::steady_clock::duration)> on_checkpoint;
};

struct CollectionSettings {
  int cache_kib = 2048;
  // Told that a collection was replaced or has changed, on its user's strand. Must return at once.
  std::function<void(const std::filesystem::path& user_folder, UndoDue)> keep_undo;
};

// One user's collection while it is in use: lock, file, session. Opened (and for a new user made)
// when first needed. Only on the user's strand. Errors: kUnavailable when another process has it or
// the disk is full, those of sqlite::Connection.
class UserCollection {
 public:
  // `lock` takes the user's lock, or throws.
  UserCollection(std::filesystem::path folder, std::function<FileLock()> lock, const Clock& clock,
                 SessionWatch& watch, const CollectionSettings& settings);
  ~UserCollection();

  const Committed& committed();

  // `meta` was answered to this attempt: what its `start` may rely on.
  void RememberMeta(std::string_view skey);

  // Ends any other session. kSessionConflict, and nothing ended: since this attempt's `meta` the
  // collection was replaced or its schema changed. kUnavailable: an upload is still being checked.
  Session& BeginSession(const std::string& skey);
  // kSessionConflict: none is open, or it is another's.
  Session& SessionOf(std::string_view skey);
  Session* session() { return session_ ? &*session_ : nullptr; }
  // Rolls back; nothing without a session.
  void EndSession(SyncOutcome outcome, const std::string& reason);

  // Errors: kUnavailable when the session added cards or notes and the collection takes more than
  // `bytes_max` with them. Reviews and changes are let through: they add little, and are work done.
  void RefuseGrowthBeyond(std::int64_t bytes_max);
  // How many it would have taken, for a minute, else 0: clients show what `meta` says of it, not
  // why a session failed.
  std::int64_t refused_bytes() const;

  // Commits all of the session with `mod` and the next usn, and ends it. Returns the mod.
  UnixMillis FinishSession();

  // Valid until Close().
  Collection& collection();

  // Ends any session. Until nobody holds `upload` any more, nobody else begins anything; it is
  // given up when the collection is closed. Whoever holds the lock that this returns has
  // generations().NewFile() to himself. kUnavailable: another upload is still being checked.
  std::shared_ptr<const FileLock> BeginUpload(const std::shared_ptr<UploadInProgress>& upload);
  bool HasUploadInProgress() const { return !upload_.expired(); }

  // The prepared file at generations().NewFile() comes into force.
  void SwitchToNewFile();

  // Why an upload was refused whose device had been answered before: told once, to the
  // device. Nothing is remembered of a closed collection.
  void RememberRefusal(DeviceId device, const std::string& sentence);
  std::optional<std::string> TakeRefusal(DeviceId device);
  bool HasRefusals() { return !Opened().refusals.empty(); }

  // For the operator: why the open session's sanity check failed.
  void NoteSanityFailure(const std::string& difference);

  const Generations& generations() const { return generations_; }

  // The whole file as it is committed, to be read at leisure while syncs go on. kUnavailable: an
  // upload is still being checked.
  std::unique_ptr<ByteSource> Image();
  std::unique_ptr<ByteSource> LegacyImage();  // the same in schema 11

  // Passes on what changed at least so long ago.
  void KeepUndoOfChanges(std::chrono::steady_clock::duration after);

  // Gives most of its memory back until it is used again. False: there is nothing to give. Not in a
  // session.
  bool Rest();

  // Rolls back, moves the WAL into the file, gives the lock back. What `meta` told is remembered:
  // the collection may be another one when it is opened again.
  void Close(const std::string& reason);
  bool is_open() const { return open_ != nullptr; }

  const std::filesystem::path& folder() const { return folder_; }

  std::chrono::steady_clock::time_point last_used() const { return last_used_; }

 private:
  struct Open {
    Open(std::shared_ptr<FileLock> user_lock, const std::filesystem::path& folder,
         const std::filesystem::path& file, int cache_kib)
        : lock(std::move(user_lock)), collection(file, cache_kib), state(folder) {}

    std::shared_ptr<FileLock> lock;
    Collection collection;
    StateDb state;
    Committed committed;
    RowCounts counts;
    std::map<DeviceId, std::string> refusals;  // of late uploads, not told yet
    bool is_at_rest = false;
  };
  struct SeenByMeta {
    std::string skey;
    int generation;
    UnixMillis scm;
    Usn usn;
  };

  Open& Opened();
  void OpenCurrent(std::shared_ptr<FileLock> lock);
  void RefuseDuringUpload() const;
  void LookAtWal();
  void Checkpoint();  // as far as it can without waiting
  void ForgetSession(SyncOutcome outcome, const std::string& reason);
  void KeepUndo(UndoDue due);

  std::filesystem::path folder_;
  std::function<FileLock()> lock_;
  const Clock& clock_;
  SessionWatch& watch_;
  CollectionSettings settings_;
  Generations generations_;
  std::unique_ptr<Open> open_;
  std::optional<Session> session_;
  std::weak_ptr<UploadInProgress> upload_;
  std::deque<SeenByMeta> seen_by_meta_;
  std::int64_t refused_bytes_ = 0;
  std::chrono::steady_clock::time_point refused_at_;
  std::chrono::steady_clock::time_point last_used_;
  std::int64_t wal_bytes_ = 0;  // what the watch has of ours
  std::optional<std::chrono::steady_clock::time_point> changed_at_;
};

}  // namespace ankisync::sync
