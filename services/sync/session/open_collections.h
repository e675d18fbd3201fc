// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "common/core/clock.h"
#include "common/core/strand.h"
#include "common/storage/volume/volume.h"
#include "services/sync/session/user_collection.h"

namespace ankisync::sync {

struct OpenSettings {
  CollectionSettings collection;
  std::size_t open_max = 64;
  std::chrono::milliseconds session_idle{std::chrono::minutes(5)};
  std::chrono::milliseconds collection_idle{std::chrono::seconds(60)};
};

// The collections in use, by account. What Of() gives, and Of() itself, are for the account's
// strand alone; the rest may be called from any thread.
class OpenCollections {
 public:
  // `strand_of` gives the strand on which an account's methods run.
  OpenCollections(const Volume& volume, const Clock& clock, const OpenSettings& settings,
                  std::function<std::shared_ptr<Strand>(AccountId)> strand_of);
  ~OpenCollections();  // CloseAll()

  // Before any is used, and again with nothing before `on_end` becomes invalid.
  void WhenSessionEnds(decltype(SessionWatch::on_end) on_end) { watch_.on_end = std::move(on_end); }
  void WhenOpened(decltype(SessionWatch::on_open) on_open) { watch_.on_open = std::move(on_open); }
  void WhenCheckpointed(decltype(SessionWatch::on_checkpoint) on_checkpoint) {
    watch_.on_checkpoint = std::move(on_checkpoint);
  }

  // When no method runs any more: rolls back, and closes all.
  void CloseAll();

  std::shared_ptr<Strand> StrandOf(AccountId account) const { return strand_of_(account); }

  // Errors: kUnavailable when the volume is gone.
  std::shared_ptr<UserCollection> Of(AccountId account, const std::string& folder);

  // Null for one that Of() would have to make.
  std::shared_ptr<UserCollection> Known(AccountId account);

  // Ends sessions and closes collections that were idle for too long, that somebody wants to be
  // left alone (`is_held`), and the longest unused ones beyond the bound; each on its strand. What
  // is not used for a moment gives its pages back. Called every second or so, by one thread.
  void Tidy(const std::function<bool(AccountId)>& is_held = {});

  std::size_t size() const;
  int sessions() const { return watch_.open; }
  std::int64_t wal_bytes() const { return watch_.wal_bytes; }
  // Whether a session is open that was called in the last `silence`.
  bool SessionCalledWithin(std::chrono::steady_clock::duration silence) const;

 private:
  enum class Why { kPerhapsIdle, kCrowded, kHeld };
  void TidyOne(AccountId account, UserCollection& user, Why why);
  void GiveBackMemory();

  const Volume& volume_;
  const Clock& clock_;
  OpenSettings settings_;
  std::function<std::shared_ptr<Strand>(AccountId)> strand_of_;
  SessionWatch watch_;
  std::atomic<bool> has_freed_ = false;
  std::chrono::steady_clock::time_point gave_back_at_;
  mutable std::mutex mutex_;
  struct Entry {
    std::shared_ptr<UserCollection> user;
    std::chrono::steady_clock::time_point asked_for;
  };
  std::unordered_map<AccountId, Entry> users_;
};

}  // namespace ankisync::sync
